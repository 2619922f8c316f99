using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Output;

/// <summary>Values of metrics as records of a file, one a value: the long form that data frames are made of.</summary>
/// <remarks>Where runs have files of other ranks or processes than the first, each record says whose it is. Most have none, and then nothing is said.</remarks>
internal sealed class MetricExport
{
    private readonly ExportFile _to;
    private readonly bool _hasRanks;
    private readonly bool _hasProcesses;

    private MetricExport(ExportFile to, IEnumerable<MetricsFile> files)
    {
        _to = to;
        foreach (var file in files)
        {
            _hasRanks |= file.Rank > 0;
            _hasProcesses |= file.Process is not null;
        }
    }

    public static long Write(ExportFile file, IReadOnlyList<ChosenRun> runs)
    {
        var files = runs.Select(run => (Run: run, Files: RunMetrics.Files(run.RunDir))).ToList();
        var export = new MetricExport(file, files.SelectMany(run => run.Files));
        export.WriteHeader();
        foreach (var (run, of) in files)
        {
            foreach (var each in of)
            {
                var names = new MetricNames();
                RunMetrics.ReadRows(run.RunDir, each, names, new Sink(export, run.Run.RunId, each, names));
            }
        }

        return file.Count;
    }

    private void WriteHeader()
    {
        if (_to.IsCsv)
        {
            _to.Header(["run_id", .. Whose("rank", "process"), "idx", "time", "step", "metric", "value"]);
        }
    }

    private void Add(string run, MetricsFile file, MetricRow row, string name, double value)
    {
        if (_to.IsCsv)
        {
            _to.Add(
            [
                run,
                .. Whose($"{file.Rank}", $"{file.Process}"),
                Csv.Number(row.Index),
                Time(row.Time),
                Csv.Number(row.Step),
                name,
                MetricJson.Word(value) ?? Csv.Number(value),
            ]);
            return;
        }

        _to.Add(json =>
        {
            json.WriteStartObject();
            json.WriteString("run_id", run);
            if (_hasRanks)
            {
                JobDocument.Number(json, "rank", file.Rank);
            }

            if (_hasProcesses)
            {
                JobDocument.Number(json, "process", file.Process);
            }

            Number(json, "idx", row.Index);
            JobDocument.Text(json, "time", Time(row.Time));
            Number(json, "step", row.Step);
            json.WriteString("metric", name);
            Number(json, "value", value);
            json.WriteEndObject();
        });
    }

    private IEnumerable<string> Whose(string rank, string process)
    {
        if (_hasRanks)
        {
            yield return rank;
        }

        if (_hasProcesses)
        {
            yield return process;
        }
    }

    private static string Time(double seconds) =>
        Math.Abs(seconds) < 1e11 ? DateTime.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") : "";

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        MetricJson.WriteOrNull(json, value);
    }

    private sealed class Sink(MetricExport to, string run, MetricsFile file, MetricNames names) : IRowSink
    {
        public void Take(MetricRow row)
        {
            for (var at = 0; at < row.Count; at++)
            {
                if (!MetricRow.IsAbsent(row.Values[at]))
                {
                    to.Add(run, file, row, names.All[row.Columns[at]], row.Values[at]);
                }
            }
        }
    }
}
