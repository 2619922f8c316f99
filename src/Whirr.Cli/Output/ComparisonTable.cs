using Whirr.Cli.Plots;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>A comparison for people, and as CSV.</summary>
internal static class ComparisonTable
{
    // So many runs fit beside each other; more of them lie below each other.
    private const int MostColumns = 6;
    private const int LongestValue = 40;

    public static void Write(TextOutput output, Comparison comparison, bool csv)
    {
        var fields = Fields(output, comparison, csv).ToList();
        if (csv)
        {
            output.Write(Csv.Line(["run_id", "name", "state", .. fields.Select(field => field.Name)]));
            for (var run = 0; run < comparison.Runs.Count; run++)
            {
                var (each, at) = (comparison.Runs[run].Run, run);
                output.Write(Csv.Line([each.RunId, each.Name, each.State.ToWord(), .. fields.Select(field => field.Cells[at].Text)]));
            }

            return;
        }

        var labels = comparison.Runs.Select(run => run.Run.RunId).ToList();
        if (labels.Count <= MostColumns)
        {
            var table = new Table(["", .. labels.Select(SafeText.Escape)]);
            table.Add([new("name"), .. comparison.Runs.Select(run => new Table.Cell(run.Run.Name, Right: true))]);
            table.Add([new("state"), .. comparison.Runs.Select(run => new Table.Cell(run.Run.State.ToWord(), Colours.Of(run.Run.State), Right: true))]);
            fields.ForEach(field => table.Add([new(field.Name), .. field.Cells]));
            table.Write(output);
            return;
        }

        var transposed = new Table(["RUN", "NAME", "STATE", .. fields.Select(field => SafeText.Escape(field.Name))]);
        for (var run = 0; run < labels.Count; run++)
        {
            var (each, at) = (comparison.Runs[run].Run, run);
            transposed.Add([new(labels[run]), new(each.Name), new(each.State.ToWord(), Colours.Of(each.State)), .. fields.Select(field => field.Cells[at])]);
        }

        transposed.Write(output);
    }

    public static void WriteGroups(TextOutput output, string field, IReadOnlyList<RunGroups.Group> groups, bool csv)
    {
        var names = groups[0].Metrics.Select(metric => metric.Name).ToList();
        if (csv)
        {
            output.Write(Csv.Line([field, "runs", .. names.SelectMany(name => new[] { $"{name}.mean", $"{name}.std" })]));
            foreach (var group in groups)
            {
                output.Write(Csv.Line([group.Value, $"{group.Runs}", .. group.Metrics.SelectMany(metric => new[] { Csv.Number(metric.Mean), Csv.Number(metric.Deviation) })]));
            }

            return;
        }

        var table = new Table([SafeText.Escape(field), "RUNS", .. names.Select(SafeText.Escape)]);
        foreach (var group in groups)
        {
            table.Add([new(group.Value, Right: true), new($"{group.Runs}", Right: true), .. group.Metrics.Select(metric => new Table.Cell(Spread(metric.Mean, metric.Deviation), Right: true))]);
        }

        table.Write(output);
    }

    private static string Spread(double mean, double deviation) =>
        double.IsNaN(mean) ? "-" : double.IsNaN(deviation) ? PlotAxis.Number(mean) : $"{PlotAxis.Number(mean)} ± {deviation:G3}";

    private static IEnumerable<(string Name, Table.Cell[] Cells)> Fields(TextOutput output, Comparison comparison, bool csv)
    {
        foreach (var (prefix, fields) in new[] { ("config.", comparison.Config), ("summary.", comparison.Summary) })
        {
            foreach (var (name, values) in fields)
            {
                yield return (prefix + name, [.. values.Select(value => Cell(value is { } some ? RunFields.Text(some) : csv ? "" : "-", csv))]);
            }
        }

        foreach (var metric in comparison.Metrics)
        {
            yield return ($"{metric.Name}.last", [.. metric.Last.Select(value => Cell(Number(value, csv), csv))]);
            var mark = csv || output.Colours ? "" : "*";
            yield return ($"{metric.Name}.best", [.. metric.Best.Select((value, run) => run == metric.BestRun
                ? new Table.Cell(Number(value, csv) + mark, Colour.Green, Right: true)
                : Cell(Number(value, csv), csv))]);
        }
    }

    private static Table.Cell Cell(string text, bool whole) => new(whole ? text : SafeText.Cut(text, LongestValue), Right: true);

    private static string Number(double value, bool csv) => csv ? Csv.Number(value) : double.IsNaN(value) ? "-" : PlotAxis.Number(value);
}
