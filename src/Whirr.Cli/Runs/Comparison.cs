using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>Runs side by side: what they were told, what they said of themselves, what they measured.</summary>
internal sealed class Comparison
{
    private Comparison(IReadOnlyList<ChosenRun> runs) => Runs = runs;

    public IReadOnlyList<ChosenRun> Runs { get; }

    /// <summary>Configuration: a value for each run, null where it has none.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<JsonElement?> Values)> Config { get; init; }

    public required IReadOnlyList<(string Name, IReadOnlyList<JsonElement?> Values)> Summary { get; init; }

    public required IReadOnlyList<Measured> Metrics { get; init; }

    /// <summary>A metric of all runs. NaN where a run has none.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Last">The last value of each run.</param>
    /// <param name="Best">The best finite one.</param>
    /// <param name="BestRun">Which run has the best of all; -1 for none.</param>
    public sealed record Measured(string Name, IReadOnlyList<double> Last, IReadOnlyList<double> Best, int BestRun);

    /// <param name="surroundings">Has the cache of metrics.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="metrics">Only these; none: all.</param>
    /// <param name="allConfig">Also what is the same in all of them.</param>
    /// <param name="rank">Whose metrics.</param>
    /// <exception cref="CommandFailure">No run has metrics of that rank, or they cannot be read.</exception>
    public static Comparison Of(Surroundings surroundings, IReadOnlyList<ChosenRun> runs, IReadOnlyList<string> metrics, bool allConfig, int rank)
    {
        var config = Fields(runs, run => run.Run.ConfigJson);
        return new Comparison(runs)
        {
            Config = allConfig ? config : [.. config.Where(field => Differs(field.Values))],
            Summary = [.. Fields(runs, run => run.Run.SummaryJson).Where(field => metrics.Count == 0 || metrics.Contains(field.Name))],
            Metrics = Measure(ReadAll(surroundings, runs, rank), metrics),
        };
    }

    private static FileOutline[] ReadAll(Surroundings surroundings, IReadOnlyList<ChosenRun> runs, int rank)
    {
        var files = new FileOutline?[runs.Count];
        try
        {
            Parallel.For(0, files.Length, at => files[at] = RunMetrics.ReadTotals(surroundings, runs[at].RunDir, rank));
        }
        catch (AggregateException exception) when (exception.InnerException is CommandFailure failure)
        {
            throw new CommandFailure(failure.Kind, failure.Message, failure);
        }

        return rank > 0 && Array.TrueForAll(files, file => file is null)
            ? throw RunMetrics.NoRank(runs, rank)
            : Array.ConvertAll(files, file => file ?? new FileOutline());
    }

    private static List<(string Name, IReadOnlyList<JsonElement?> Values)> Fields(IReadOnlyList<ChosenRun> runs, Func<ChosenRun, string> json)
    {
        var names = new List<string>();
        var found = new Dictionary<string, JsonElement?[]>(StringComparer.Ordinal);
        for (var at = 0; at < runs.Count; at++)
        {
            foreach (var (name, value) in RunFields.Read(json(runs[at])))
            {
                if (!found.TryGetValue(name, out var values))
                {
                    names.Add(name);
                    found[name] = values = new JsonElement?[runs.Count];
                }

                values[at] = value;
            }
        }

        return names.ConvertAll(name => (name, (IReadOnlyList<JsonElement?>)found[name]));
    }

    private static bool Differs(IReadOnlyList<JsonElement?> values) =>
        values.Select(value => value is { } some ? $"{some.ValueKind} {RunFields.Text(some)}" : null).Distinct().Count() > 1;

    private static List<Measured> Measure(IReadOnlyList<FileOutline> files, IReadOnlyList<string> wanted)
    {
        var names = files.SelectMany(file => file.Metrics).Where(metric => metric.Buckets.Length > 0).Select(metric => metric.Name).Distinct();
        return [.. names.Where(name => wanted.Count == 0 || wanted.Contains(name)).Select(name => Measure(files, name))];
    }

    private static Measured Measure(IReadOnlyList<FileOutline> files, string name)
    {
        var isLess = MetricGoal.IsLessBetter(name);
        var (last, best, bestRun) = (new double[files.Count], new double[files.Count], -1);
        for (var at = 0; at < files.Count; at++)
        {
            var total = files[at].Find(name)?.Total;
            last[at] = total?.Last.Value ?? double.NaN;
            best[at] = (isLess ? total?.Least.Value : total?.Most.Value) ?? double.NaN;
            if (!double.IsNaN(best[at]) && (bestRun < 0 || (isLess ? best[at] < best[bestRun] : best[at] > best[bestRun])))
            {
                bestRun = at;
            }
        }

        return new Measured(name, last, best, bestRun);
    }
}
