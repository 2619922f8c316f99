using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Output;

/// <summary>Values of metrics as records of a file, one a value: the long form that data frames are made of.</summary>
internal static class MetricExport
{
    public static long Write(ExportFile file, IReadOnlyList<ChosenRun> runs)
    {
        if (file.IsCsv)
        {
            file.Header(["run_id", "idx", "time", "step", "metric", "value"]);
        }

        foreach (var (dir, run) in runs)
        {
            var names = new MetricNames();
            RunMetrics.ReadRows(Path.Combine(dir, RunFiles.Metrics), names, new Sink(file, run.RunId, names));
        }

        return file.Count;
    }

    private sealed class Sink(ExportFile file, string run, MetricNames names) : IRowSink
    {
        public void Take(MetricRow row)
        {
            for (var at = 0; at < row.Count; at++)
            {
                var (name, value) = (names.All[row.Columns[at]], row.Values[at]);
                if (MetricRow.IsAbsent(value))
                {
                    continue;
                }

                if (file.IsCsv)
                {
                    file.Add([run, Csv.Number(row.Index), Time(row.Time), Csv.Number(row.Step), name, MetricJson.Word(value) ?? Csv.Number(value)]);
                    continue;
                }

                file.Add(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("run_id", run);
                    Number(json, "idx", row.Index);
                    JobDocument.Text(json, "time", Time(row.Time));
                    Number(json, "step", row.Step);
                    json.WriteString("metric", name);
                    Number(json, "value", value);
                    json.WriteEndObject();
                });
            }
        }

        private static string Time(double seconds) =>
            Math.Abs(seconds) < 1e11 ? DateTime.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") : "";

        // A data frame has no other word for "not a number" than "nothing".
        private static void Number(Utf8JsonWriter json, string name, double value)
        {
            json.WritePropertyName(name);
            if (double.IsNaN(value))
            {
                json.WriteNullValue();
            }
            else
            {
                MetricJson.Write(json, value);
            }
        }
    }
}
