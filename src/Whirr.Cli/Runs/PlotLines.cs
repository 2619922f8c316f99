using Whirr.Cli.Failures;
using Whirr.Cli.Plots;
using Whirr.Cli.Syntax;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>Makes a plot of the metrics of runs.</summary>
internal static class PlotLines
{
    /// <summary>What to draw.</summary>
    /// <param name="Metrics">Names.</param>
    /// <param name="X">The horizontal axis: <c>step</c>, <c>time</c> or a metric.</param>
    /// <param name="IsLog">The vertical axis is logarithmic.</param>
    /// <param name="Smooth">Mean over so many values; up to 1: none.</param>
    /// <param name="Rank">Whose metrics; null: those of rank 0 before all others.</param>
    public sealed record Wish(IReadOnlyList<string> Metrics, string X, bool IsLog, int Smooth, int? Rank);

    /// <exception cref="CommandFailure">No run has one of the metrics.</exception>
    public static Plot Read(Surroundings surroundings, IReadOnlyList<ChosenRun> runs, Wish wish)
    {
        var metrics = wish.Metrics;
        var lines = new List<PlotLine>();
        foreach (var metric in metrics)
        {
            var before = lines.Count;
            foreach (var run in runs)
            {
                if (Points(surroundings, run, metric, wish) is { } points)
                {
                    lines.Add(new PlotLine(Label(run, metric, runs, metrics), points));
                }
            }

            if (lines.Count == before)
            {
                throw NoMetric(runs, metric, wish);
            }
        }

        return new Plot(string.Join(", ", metrics), wish.X == "time" ? "seconds" : wish.X, lines, wish.IsLog);
    }

    private static List<(double X, double Y)>? Points(Surroundings surroundings, ChosenRun run, string metric, Wish wish)
    {
        if (RunMetrics.Find(surroundings, run.RunDir, metric, wish.Rank) is not (var outline, var file))
        {
            return null;
        }

        if (wish.X is "step" or "time")
        {
            var start = outline.Start;
            return Points(outline.Find(metric)!, wish.Smooth, point => wish.X == "step" ? point.Step : point.Time - start);
        }

        var pairs = new Pairs(wish.X, metric);
        RunMetrics.ReadRows(run.RunDir, file, pairs.Names, pairs);
        return pairs.Outline is { } paired ? Points(paired, wish.Smooth, point => point.Step) : null;
    }

    private static List<(double X, double Y)> Points(MetricOutline metric, int smooth, Func<MetricPoint, double> x)
    {
        var buckets = metric.Buckets;
        var points = new List<(double, double)>(buckets.Length * 2);
        if (smooth > 1)
        {
            Smooth(buckets, smooth, x, points);
            return points;
        }

        foreach (var bucket in buckets)
        {
            MetricPoint[] order = bucket.Count == 1 ? [bucket.First]
                : bucket.Least.Step <= bucket.Most.Step ? [bucket.First, bucket.Least, bucket.Most, bucket.Last]
                : [bucket.First, bucket.Most, bucket.Least, bucket.Last];
            foreach (var point in order)
            {
                points.Add((x(point), point.Value));
            }
        }

        return points;
    }

    /// <summary>The mean of the last values, over whole buckets.</summary>
    private static void Smooth(ReadOnlySpan<MetricBucket> buckets, int smooth, Func<MetricPoint, double> x, List<(double, double)> points)
    {
        var (sum, count, from) = (0.0, 0L, 0);
        for (var at = 0; at < buckets.Length; at++)
        {
            sum += buckets[at].Sum;
            count += buckets[at].Count - buckets[at].NotFinite;
            while (from < at && count - (buckets[from].Count - buckets[from].NotFinite) >= smooth)
            {
                sum -= buckets[from].Sum;
                count -= buckets[from].Count - buckets[from].NotFinite;
                from++;
            }

            points.Add((x(buckets[at].Last), count == 0 ? double.NaN : sum / count));
        }
    }

    private static string Label(ChosenRun run, string metric, IReadOnlyList<ChosenRun> runs, IReadOnlyList<string> metrics)
    {
        var name = run.Run.Name.Length == 0 || run.Run.Name == run.Run.RunId ? run.Run.RunId : $"{run.Run.Name} ({run.Run.RunId})";
        return metrics.Count == 1 ? name : runs.Count == 1 ? metric : $"{metric}: {name}";
    }

    private static CommandFailure NoMetric(IReadOnlyList<ChosenRun> runs, string metric, Wish wish)
    {
        if (wish.Rank is { } rank && !runs.Any(run => RunMetrics.Files(run.RunDir).Any(file => file.Rank == rank)))
        {
            return RunMetrics.NoRank(runs, rank);
        }

        var names = runs.SelectMany(run => RunMetrics.Names(run.RunDir, wish.Rank)).Distinct().ToList();
        var together = names.Contains(metric) && wish.X is not ("step" or "time") ? $" in one row with {SafeText.Quote(wish.X)}" : "";
        return new CommandFailure(
            FailureKind.NotFound,
            $"no run has a metric {SafeText.Quote(metric)}{together}. "
                + (names.Count == 0 ? "No metrics were logged yet." : $"There are: {SafeText.Escape(string.Join(", ", names.Take(20)))}{(names.Count > 20 ? ", ..." : ".")}"));
    }

    /// <summary>Values of a metric over those of another, of the rows that have both.</summary>
    private sealed class Pairs(string x, string y) : IRowSink
    {
        private int _x = -1;
        private int _y = -1;
        private MetricBuilder? _builder;

        public MetricNames Names { get; } = new();

        public MetricOutline? Outline => _builder?.Outline;

        public void Take(MetricRow row)
        {
            _x = _x < 0 ? Names.Find(x) : _x;
            _y = _y < 0 ? Names.Find(y) : _y;
            if (_x < 0 || _y < 0)
            {
                return;
            }

            var (atX, atY) = (row.Columns.IndexOf(_x), row.Columns.IndexOf(_y));
            if (atX >= 0 && atY >= 0 && !MetricRow.IsAbsent(row.Values[atX]) && !MetricRow.IsAbsent(row.Values[atY]))
            {
                (_builder ??= new MetricBuilder(y)).Add(row.Values[atX], row.Values[atY]);
            }
        }
    }
}
