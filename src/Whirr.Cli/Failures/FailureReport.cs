using Whirr.Cli.Output;

namespace Whirr.Cli.Failures;

/// <summary>How a failure is told: on standard error, as a sentence or as <c>{"error":{"code":...,"message":...}}</c>.</summary>
internal static class FailureReport
{
    /// <summary>Tells it and gives the exit code.</summary>
    public static int Write(CommandFailure failure, TextOutput error, bool json)
    {
        if (!json)
        {
            error.WriteLine($"whirrctl: {failure.Message}");
            return failure.Kind.ToExitCode();
        }

        error.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("code", failure.Kind.ToWord());
            writer.WriteString("message", failure.Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        return failure.Kind.ToExitCode();
    }
}
