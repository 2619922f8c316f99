using System.Text.Json;
using Whirr.Cli.Ablations;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl ablate rank</c>.</summary>
internal static class AblationReport
{
    private const string ConditionTag = "condition:";
    private const string ReplicateTag = "replicate:";

    public static async Task<int> RunAsync(Session session, string name, bool verbose)
    {
        var ablation = AblationFiles.OfProject(session.Surroundings).Find(name);
        var request = new ListRunsRequest();
        request.Tags.Add(ablation.Tag);
        var reply = await RunSearch.ListAsync(session, request);

        // Newest first: of a replicate that was run again, the last counts.
        var completed = reply.Runs.Where(run => run.State == JobState.Completed)
            .DistinctBy(run => (Tag(run, ConditionTag), Tag(run, ReplicateTag)))
            .ToList();
        var samples = completed.ConvertAll(run => new AblationRanking.Sample(Tag(run, ConditionTag), Measure(session.Surroundings, run, ablation.Metric)));
        var rows = AblationRanking.Rank(ablation.All.Select(condition => condition.Name), samples);
        if (session.Json)
        {
            WriteJson(session, ablation, rows);
            return ExitCodes.Ok;
        }

        WriteTable(session, ablation, rows, verbose);
        if (reply.Runs.Count > completed.Count)
        {
            session.Note($"{reply.Runs.Count - completed.Count} runs are left out: they have not completed, or were run again");
        }

        return ExitCodes.Ok;
    }

    private static string Tag(Run run, string prefix) =>
        run.Tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal)) is { } tag ? tag[prefix.Length..] : "";

    /// <summary>The metric in the summary, else its last value; null when there is neither.</summary>
    private static double? Measure(Surroundings surroundings, Run run, string metric)
    {
        if (new RunView(run).Find($"summary.{metric}") is { ValueKind: JsonValueKind.Number } value)
        {
            return value.GetDouble();
        }

        try
        {
            return RunMetrics.ReadTotals(surroundings, run.RunDir, 0)?.Find(metric) is { } found && found.Total.Last.Value is var last && double.IsFinite(last) ? last : null;
        }
        catch (CommandFailure)
        {
            // What cannot be read was not measured, as far as anybody can tell.
            return null;
        }
    }

    private static void WriteTable(Session session, Ablation ablation, IReadOnlyList<AblationRanking.Row> rows, bool verbose)
    {
        var table = new Table("CONDITION", "RUNS", "MEAN", "SD", "EFFECT") { Shrinks = "CONDITION" };
        foreach (var row in rows)
        {
            table.Add(
                new(row.Condition),
                new($"{row.Values.Count}", Right: true),
                new(row.Mean is { } mean ? ValueText.Short(mean) : row.NoMetric > 0 ? "no_metric" : "-", Right: true),
                new(row.Deviation is { } deviation ? ValueText.Short(deviation) : "-", Right: true),
                new(row.Effect is { } effect ? (effect > 0 ? "+" : "") + ValueText.Short(effect) : "-", Right: true));
        }

        session.Out.WriteLine(session.Out.Paint($"{Syntax.SafeText.Escape(ablation.Name)}: {Syntax.SafeText.Escape(ablation.Metric)}", Colour.Bold));
        table.Write(session.Out);
        foreach (var row in verbose ? rows : [])
        {
            session.Out.WriteLine($"{Syntax.SafeText.Escape(row.Condition)}: {string.Join(' ', row.Values.Select(ValueText.Short))}"
                + (row.NoMetric > 0 ? $" ({row.NoMetric} no_metric)" : ""));
        }
    }

    private static void WriteJson(Session session, Ablation ablation, IReadOnlyList<AblationRanking.Row> rows) => session.Out.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", ablation.Name);
        json.WriteString("id", ablation.Id);
        json.WriteString("metric", ablation.Metric);
        json.WriteStartArray("conditions");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("condition", row.Condition);
            json.WriteStartArray("values");
            foreach (var value in row.Values)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteNumber("no_metric", row.NoMetric);
            Number(json, "mean", row.Mean);
            Number(json, "sd", row.Deviation);
            Number(json, "effect", row.Effect);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
