using System.Text.Unicode;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Syntax;

/// <summary>Makes sure that the words this process was given arrived unchanged: bytes that are not UTF-8 did not.</summary>
internal static class WordEncoding
{
    private const char Replacement = '\ufffd';

    /// <exception cref="CommandFailure">They did not: a job would run with other arguments, or in another directory, than was typed.</exception>
    public static void Check(IReadOnlyList<string> words)
    {
        foreach (var word in words)
        {
            if (word.Contains(Replacement) && !Utf8.IsValid(File.ReadAllBytes("/proc/self/cmdline")))
            {
                throw CommandFailure.Usage(
                    "the command line is not UTF-8, and only UTF-8 can be sent. "
                    + "Run the command through a script that has the bytes in it; rename files and directories.");
            }
        }
    }
}
