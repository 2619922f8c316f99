using Whirr.Cli.Output;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Failures;

/// <summary>How a failure is told: on standard error, as a sentence or as <c>{"error":{"code":...,"message":...}}</c>.</summary>
internal static class FailureReport
{
    /// <summary>Tells it and gives the exit code.</summary>
    public static int Write(CommandFailure failure, TextOutput error, bool json)
    {
        try
        {
            Tell(failure, error, json);
        }
        catch (Exception exception) when (exception is CommandFailure or IOException)
        {
            // Standard error takes nothing either: the exit code is all that is left to tell with.
            return failure.Kind.ToExitCode();
        }

        return failure.Kind.ToExitCode();
    }

    /// <summary>What goes wrong and was not foreseen, as a failure.</summary>
    public static CommandFailure Unforeseen(Exception exception) => FileProblem.Is(exception)
        ? new(FailureKind.Files, $"a file could not be used: {FileProblem.Describe(exception)}.", exception)
        : new(
            FailureKind.Internal,
            $"a mistake in whirrctl ({SafeText.Escape($"{exception.GetType().Name}: {exception.Message}")}). "
                + "Please report it, with the command line that led here.",
            exception);

    private static void Tell(CommandFailure failure, TextOutput error, bool json)
    {
        if (!json)
        {
            error.WriteLine($"whirrctl: {failure.Message}");
            return;
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
    }
}
