using Whirr.Runs.Metrics;

namespace Whirr.Cli.Output;

/// <summary>A metric in one line of eight levels: <c>█▇▅▃▂▂▁▁</c>. Values that are not finite leave a gap.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Draws the course of <paramref name="metric"/> in at most <paramref name="width"/> characters.</summary>
    public static string Draw(MetricOutline metric, int width)
    {
        var buckets = metric.Buckets;
        var means = new double[Math.Min(width, buckets.Length)];
        for (var at = 0; at < means.Length; at++)
        {
            var some = buckets[(int)((long)at * buckets.Length / means.Length)..(int)((at + 1L) * buckets.Length / means.Length)];
            double sum = 0;
            long count = 0;
            foreach (var bucket in some)
            {
                sum += bucket.Sum;
                count += bucket.Count - bucket.NotFinite;
            }

            means[at] = count == 0 ? double.NaN : sum / count;
        }

        return Draw(means);
    }

    /// <summary>One character a value.</summary>
    public static string Draw(ReadOnlySpan<double> values)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (double.IsFinite(value))
            {
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }
        }

        Span<char> line = new char[values.Length];
        for (var at = 0; at < values.Length; at++)
        {
            line[at] = Level(values[at], least, most);
        }

        return line.ToString();
    }

    // Halved, so that the distance between the largest numbers there are is finite too. What never changes is a line in the middle.
    private static char Level(double value, double least, double most) =>
        !double.IsFinite(value) ? ' '
        : most > least ? Levels[Math.Min((int)(((value / 2) - (least / 2)) / ((most / 2) - (least / 2)) * Levels.Length), Levels.Length - 1)]
        : Levels[(Levels.Length / 2) - 1];
}
