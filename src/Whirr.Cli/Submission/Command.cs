using System.Text.Unicode;
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

    /// <summary>Makes sure that the words this process was given arrived unchanged: bytes that are not UTF-8 did not.</summary>
    /// <exception cref="CommandFailure">They did not, and the job would run with other arguments than were typed.</exception>
    public static void CheckEncoding(IReadOnlyList<string> command)
    {
        const char replacement = '\ufffd';
        if (command.Any(word => word.Contains(replacement)) && !Utf8.IsValid(File.ReadAllBytes("/proc/self/cmdline")))
        {
            throw CommandFailure.Usage(
                "the command is not UTF-8, and only UTF-8 can be sent. Run it through a script that has the bytes in it.");
        }
    }
}
