using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Runs;

/// <summary>Runs that have a value in common, such as those of one setting with different seeds.</summary>
internal static class RunGroups
{
    /// <summary>One group.</summary>
    /// <param name="Value">What its runs have in common; <c>-</c> when they have no such field.</param>
    /// <param name="Runs">How many.</param>
    /// <param name="Metrics">For each metric, by name: how many runs have a finite value, mean and standard deviation of these (NaN with
    /// fewer than two).</param>
    public sealed record Group(string Value, int Runs, IReadOnlyList<(string Name, int Count, double Mean, double Deviation)> Metrics);

    /// <summary>Groups runs by a field of the configuration (<c>config.lr</c>). A metric's value is the one in the summary, else the last.</summary>
    /// <exception cref="CommandFailure">No run has that field.</exception>
    public static IReadOnlyList<Group> By(string field, Comparison comparison)
    {
        var name = field.StartsWith("config.", StringComparison.Ordinal) ? field["config.".Length..] : field;
        var keys = comparison.Runs.Select(run => RunFields.Read(run.Run.ConfigJson).Where(each => each.Key == name).Select(each => RunFields.Text(each.Value)).FirstOrDefault("-")).ToList();
        if (keys.TrueForAll(key => key == "-"))
        {
            throw new CommandFailure(FailureKind.NotFound, $"none of these runs has {SafeText.Quote(name)} in its configuration; --all-config shows what there is.");
        }

        var values = Values(comparison);
        return [.. keys.Distinct().Select(key =>
        {
            var members = Enumerable.Range(0, keys.Count).Where(at => keys[at] == key).ToList();
            return new Group(key, members.Count, [.. values.Select(metric => Describe(metric.Name, [.. members.Select(at => metric.Values[at]).Where(double.IsFinite)]))]);
        })];
    }

    private static List<(string Name, double[] Values)> Values(Comparison comparison)
    {
        var values = comparison.Metrics.Select(metric => (metric.Name, metric.Last.ToArray())).ToList();
        foreach (var (name, fields) in comparison.Summary)
        {
            var numbers = fields.Select(field => field is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) ? value : double.NaN).ToArray();
            if (numbers.All(double.IsNaN))
            {
                continue;
            }

            if (values.FindIndex(each => each.Name == name) is >= 0 and var at)
            {
                values[at] = (name, [.. numbers.Select((number, run) => double.IsNaN(number) ? values[at].Item2[run] : number)]);
            }
            else
            {
                values.Add((name, numbers));
            }
        }

        return values;
    }

    private static (string, int, double, double) Describe(string name, double[] values)
    {
        var mean = values.Length == 0 ? double.NaN : values.Average();
        var deviation = values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return (name, values.Length, mean, deviation);
    }
}
