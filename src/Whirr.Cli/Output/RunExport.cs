using System.Globalization;
using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>Runs as records of a file.</summary>
internal static class RunExport
{
    private static readonly string[] Names = ["id", "name", "status", "started_at", "finished_at", "duration_s", "exit_code", "tags"];

    public static long Write(ExportFile file, IReadOnlyList<ChosenRun> runs)
    {
        if (file.IsCsv)
        {
            WriteCsv(file, runs);
            return file.Count;
        }

        foreach (var (_, run) in runs)
        {
            file.Add(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", run.RunId);
                JobDocument.Text(json, "name", run.Name);
                json.WriteString("status", Status(run));
                JobDocument.Time(json, "started_at", run.StartedAt);
                JobDocument.Time(json, "finished_at", run.FinishedAt);
                json.WritePropertyName("duration_s");
                if (Duration(run) is { } seconds)
                {
                    json.WriteNumberValue(seconds);
                }
                else
                {
                    json.WriteNullValue();
                }

                JobDocument.Number(json, "exit_code", run.HasExitCode ? run.ExitCode : null);
                JobDocument.List(json, "tags", run.Tags);
                Fields(json, "config", run.ConfigJson, file.IsLines);
                Fields(json, "summary", run.SummaryJson, file.IsLines);
                json.WriteEndObject();
            });
        }

        return file.Count;
    }

    private static void WriteCsv(ExportFile file, IReadOnlyList<ChosenRun> runs)
    {
        var fields = runs.Select(run => RunFields.Read(run.Run.ConfigJson).Select(field => new KeyValuePair<string, JsonElement>($"config.{field.Key}", field.Value))
            .Concat(RunFields.Read(run.Run.SummaryJson).Select(field => new KeyValuePair<string, JsonElement>($"summary.{field.Key}", field.Value))).ToList()).ToList();
        var names = fields.SelectMany(all => all.Select(field => field.Key)).Distinct().OrderBy(name => name.StartsWith("summary.", StringComparison.Ordinal)).ToList();
        file.Header([.. Names, .. names]);
        for (var at = 0; at < runs.Count; at++)
        {
            var run = runs[at].Run;
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            fields[at].ForEach(field => values[field.Key] = RunFields.Text(field.Value));
            file.Add([
                run.RunId,
                run.Name,
                Status(run),
                run.StartedAt is { } started ? Times.Iso(started) : "",
                run.FinishedAt is { } finished ? Times.Iso(finished) : "",
                Duration(run)?.ToString(CultureInfo.InvariantCulture) ?? "",
                run.HasExitCode ? run.ExitCode.ToString(CultureInfo.InvariantCulture) : "",
                string.Join(',', run.Tags),
                .. names.Select(name => values.GetValueOrDefault(name, "")),
            ]);
        }
    }

    private static string Status(Run run) => run.State == JobState.Unspecified ? "" : run.State.ToWord();

    private static double? Duration(Run run) =>
        run.StartedAt is { } started && run.FinishedAt is { } finished
            ? Math.Round((finished.ToDateTimeOffset() - started.ToDateTimeOffset()).TotalSeconds, 3)
            : null;

    private static void Fields(Utf8JsonWriter json, string name, string content, bool isFlat)
    {
        if (!isFlat)
        {
            json.WriteStartObject(name);
        }

        foreach (var (field, value) in RunFields.Read(content))
        {
            json.WritePropertyName(isFlat ? $"{name}.{field}" : field);
            value.WriteTo(json);
        }

        if (!isFlat)
        {
            json.WriteEndObject();
        }
    }
}
