namespace Whirr.Cli.Failures;

/// <summary>A verb gives up. The message says what happened, why, and what to do, in one or two lines for a person.</summary>
internal sealed class CommandFailure(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;

    /// <summary>The command line cannot be right.</summary>
    public static CommandFailure Usage(string message) => new(FailureKind.Usage, message);
}
