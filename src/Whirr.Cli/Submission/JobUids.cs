namespace Whirr.Cli.Submission;

/// <summary>The ids that make a repeated submit harmless.</summary>
internal static class JobUids
{
    /// <summary>A new UUID of version 7 (RFC 9562).</summary>
    public static string New(TimeProvider clock) => Guid.CreateVersion7(clock.GetUtcNow()).ToString();
}
