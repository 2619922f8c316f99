using System.CommandLine;
using System.Text.Json;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl show</c>: all about a run.</summary>
internal static class ShowCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var run = new Argument<string>("RUN");
        var diff = new Option<bool>("--diff") { Description = "Show what the code differed from its commit by, and nothing else" };
        return new Verb("show", "Show all about a run: settings, results, environment, metrics")
        {
            Usage = "RUN [options]",
            Examples = ["whirrctl show job-7", "whirrctl show local-20260131-2", "whirrctl show job-7 --diff | git apply", "whirrctl show .whirr/runs/job-7"],
            Notes = "RUN is an id, the beginning of one, the number of a job or a path. Files are read with your own rights.",
            Arguments = { run },
            Options = { diff },
        }.Does(surroundings, async session =>
        {
            var chosen = await RunChoice.ResolveAsync(session, session.Options.GetRequiredValue(run));
            var details = RunDetails.Read(surroundings, chosen.RunDir);
            if (session.Options.GetValue(diff) && !session.Json)
            {
                ShowDiff(session, chosen, details);
            }
            else if (session.Json)
            {
                WriteJson(session, new RunView(chosen.Run), details);
            }
            else
            {
                RunPage.Write(session.Out, new RunView(chosen.Run), details, session.Surroundings.Clock);
            }

            return ExitCodes.Ok;
        });
    }

    private static void ShowDiff(Session session, ChosenRun chosen, RunDetails details)
    {
        if (details.Diff.Length == 0)
        {
            session.Note($"No diff was recorded for {SafeText.Escape(chosen.Run.RunId)}");
            return;
        }

        if (!session.Out.IsTerminal)
        {
            session.Out.WriteBytes(details.Diff);
            return;
        }

        // What was changed may hold anything; for programs it goes out as it is, for a terminal without what would move its cursor.
        var text = System.Text.Encoding.UTF8.GetString(details.Diff);
        session.Out.Write(string.Join('\n', text.Split('\n').Select(line => string.Join('\t', line.Split('\t').Select(SafeText.Escape)))));
    }

    private static void WriteJson(Session session, RunView facts, RunDetails details) => session.Out.WriteJson(json =>
        RunDocument.Write(json, facts, session.Now, more =>
        {
            more.WritePropertyName("meta");
            if (details.Meta is { } meta)
            {
                meta.WriteTo(more);
            }
            else
            {
                more.WriteNullValue();
            }

            more.WriteStartArray("metrics");
            foreach (var metric in details.Metrics.Metrics.Where(metric => metric.Buckets.Length > 0))
            {
                var total = metric.Total;
                more.WriteStartObject();
                more.WriteString("name", metric.Name);
                more.WriteNumber("count", total.Count);
                more.WritePropertyName("last");
                MetricJson.Write(more, total.Last.Value);
                more.WritePropertyName("min");
                MetricJson.Write(more, total.Least.Value);
                more.WritePropertyName("max");
                MetricJson.Write(more, total.Most.Value);
                more.WriteEndObject();
            }

            more.WriteEndArray();
            more.WriteNumber("rows", details.Metrics.Rows);
            JobDocument.List(more, "last_metrics", details.LastMetrics);
            WriteOthers(more, details);
            more.WriteStartArray("alerts");
            foreach (var alert in details.Alerts)
            {
                more.WriteStartObject();
                more.WriteString("at", alert.Timestamp);
                more.WriteString("level", alert.Level);
                more.WriteString("title", alert.Title);
                more.WriteString("text", alert.Text);
                more.WriteEndObject();
            }

            more.WriteEndArray();
            more.WriteStartObject("artifacts");
            more.WriteNumber("count", details.Artifacts.Files);
            more.WriteNumber("bytes", details.Artifacts.Bytes);
            more.WriteEndObject();
            JobDocument.Text(more, "diff", System.Text.Encoding.UTF8.GetString(details.Diff));
            JobDocument.List(more, "problems", details.Problems);
        }));

    private static void WriteOthers(Utf8JsonWriter json, RunDetails details)
    {
        json.WriteStartArray("other_metrics");
        foreach (var (file, names) in details.Others)
        {
            json.WriteStartObject();
            json.WriteString("file", file.Name);
            JobDocument.Number(json, "rank", file.Rank);
            JobDocument.Number(json, "process", file.Process);
            JobDocument.List(json, "metrics", names);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
