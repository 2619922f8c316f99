using System.Globalization;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Syntax;

/// <summary>Job numbers as people type them.</summary>
internal static class JobIds
{
    /// <summary>The most ids that one call to the daemon takes.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>Reads <c>7</c> or the run id <c>job-7</c>.</summary>
    /// <exception cref="CommandFailure">Not a number from 1 on.</exception>
    public static long Parse(string text)
    {
        if (text.StartsWith('-') && !text.AsSpan(1).ContainsAnyInRange('0', '9'))
        {
            throw CommandFailure.Usage($"there is no option {SafeText.Quote(text)} here; `--help` lists the options.");
        }

        var digits = text.StartsWith("job-", StringComparison.Ordinal) ? text.AsSpan(4) : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw CommandFailure.Usage(
                $"{SafeText.Quote(text)} is not a job id: ids are whole numbers from 1, as `whirrctl status` shows.");
    }

    /// <summary>Reads ids; each once, in the order they were first named.</summary>
    public static IReadOnlyList<long> Parse(IReadOnlyList<string> texts)
    {
        var ids = new List<long>(texts.Count);
        var seen = new HashSet<long>();
        foreach (var text in texts)
        {
            if (Parse(text) is var id && seen.Add(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
