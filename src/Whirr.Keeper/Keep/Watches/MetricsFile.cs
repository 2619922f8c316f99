using System.Text;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Looks for values that are not finite in <c>metrics.jsonl</c>.</summary>
internal static class MetricsFile
{
    /// <summary>Reads the lines that are complete; returns what is wrong with the first bad one, for the user.</summary>
    /// <remarks>It moves on behind that line.</remarks>
    public static string? FindNonFinite(GrowingFile metrics)
    {
        NonFiniteMetric? found = null;
        var at = 0L;
        metrics.ReadLines((line, end) =>
        {
            found = MetricLine.FindNonFinite(line);
            at = end;
            return found is null;
        });
        return found is null ? null : Describe(found, metrics.CountLines(at));
    }

    private static string Describe(NonFiniteMetric found, long lines)
    {
        var step = found.Step is { } number ? $" at step {Plain(number)}" : "";
        return $"metric {Plain(found.Name)} was {found.Value}{step} (line {lines} of {RunFiles.Metrics})";
    }

    /// <summary>Without what would make a mess of a terminal or of a line of text.</summary>
    private static string Plain(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name.Take(64))
        {
            text.Append(char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter);
        }

        return text.ToString();
    }
}
