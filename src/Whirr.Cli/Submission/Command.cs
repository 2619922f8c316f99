using Whirr.Cli.Failures;

namespace Whirr.Cli.Submission;

/// <summary>What a command must be to be run at all.</summary>
internal static class Command
{
    /// <exception cref="CommandFailure">There is none, its program has no name, or it holds a NUL.</exception>
    public static void Check(IReadOnlyList<string> command)
    {
        if (command.Count == 0)
        {
            throw CommandFailure.Usage("there is no command.");
        }

        if (command[0].Length == 0)
        {
            throw CommandFailure.Usage("the name of the program is empty.");
        }

        if (command.Any(word => word.Contains('\0')))
        {
            throw CommandFailure.Usage("a command cannot hold a NUL character.");
        }
    }
}
