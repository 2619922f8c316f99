using Whirr.Cli.Failures;
using Whirr.Cli.Plots;
using Whirr.Cli.Syntax;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>Makes a plot of the metrics of runs.</summary>
internal static class PlotLines
{
    /// <exception cref="CommandFailure">No run has one of the metrics.</exception>
    public static Plot Read(Surroundings surroundings, IReadOnlyList<ChosenRun> runs, IReadOnlyList<string> metrics, string x, bool isLog, int smooth)
    {
        var lines = new List<PlotLine>();
        foreach (var metric in metrics)
        {
            var before = lines.Count;
            foreach (var run in runs)
            {
                if (Points(surroundings, run, metric, x, smooth) is { } points)
                {
                    lines.Add(new PlotLine(Label(run, metric, runs, metrics), points));
                }
            }

            if (lines.Count == before)
            {
                throw NoMetric(surroundings, runs, metric, x);
            }
        }

        return new Plot(string.Join(", ", metrics), x == "time" ? "seconds" : x, lines, isLog);
    }

    private static List<(double X, double Y)>? Points(Surroundings surroundings, ChosenRun run, string metric, string x, int smooth)
    {
        if (RunMetrics.Find(surroundings, run.RunDir, metric) is not (var file, var path))
        {
            return null;
        }

        if (x is "step" or "time")
        {
            var start = file.Start;
            return Points(file.Find(metric)!, smooth, point => x == "step" ? point.Step : point.Time - start);
        }

        var pairs = new Pairs(x, metric);
        RunMetrics.ReadRows(path, pairs.Names, pairs);
        return pairs.Outline is { } outline ? Points(outline, smooth, point => point.Step) : null;
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

    private static CommandFailure NoMetric(Surroundings surroundings, IReadOnlyList<ChosenRun> runs, string metric, string x)
    {
        var names = runs.SelectMany(run => RunMetrics.Names(surroundings, run.RunDir)).Distinct().ToList();
        var together = names.Contains(metric) && x is not ("step" or "time") ? $" in one row with {SafeText.Quote(x)}" : "";
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
