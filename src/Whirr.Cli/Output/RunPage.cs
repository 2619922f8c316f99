using System.Text;
using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Output;

/// <summary>All about one run, for a person who wants to know what came out of it.</summary>
internal static class RunPage
{
    private const int SparkWidth = 32;
    private const int MostNamed = 8;

    public static void Write(TextOutput output, RunView facts, RunDetails details, TimeProvider clock)
    {
        var run = facts.Run;
        var page = new DetailPage($"{output.Paint($"Run {SafeText.Escape(run.RunId)}", Colour.Bold)}  {SafeText.Escape(run.Name)}");
        page.Line("Status", output.Paint(run.State.ToWord(), Colours.Of(run.State)));
        page.Line("Why", Why(run));
        page.Line("Exit code", run.HasExitCode ? $"{run.ExitCode}" : "");
        page.Line("Attempt", run.Attempt > 1 ? $"{run.Attempt}" : "");
        page.Line("Tags", SafeText.Escape(string.Join(", ", run.Tags)));
        page.Line("Note", string.Join($"\n{new string(' ', 16)}", run.Note.Split('\n').Select(SafeText.Escape)));
        AddTimes(page, facts, clock);
        AddEnvironment(page, run, details);
        page.Line("Run", SafeText.Escape(run.RunDir));
        page.Line("Artifacts", details.Artifacts.Files switch
        {
            0 => "",
            1 => $"1 file, {ByteCount.Format(details.Artifacts.Bytes)}",
            var files => $"{files} files, {ByteCount.Format(details.Artifacts.Bytes)}",
        });
        foreach (var problem in details.Problems.Append(run.Problem).Distinct())
        {
            page.Line("Problem", problem.Length == 0 ? "" : output.Paint(SafeText.Escape(problem), Colour.Yellow));
        }

        output.Write(page.ToString());
        WriteMembers(output, "Config", facts.Config);
        WriteMembers(output, "Summary", facts.Summary);
        WriteMetrics(output, details);
        WriteAlerts(output, details);
    }

    private static string Why(Run run) => (run.Reason, run.ReasonDetail) switch
    {
        ("", var detail) => SafeText.Escape(detail),
        (var reason, "") => SafeText.Escape(reason),
        var (reason, detail) => $"{SafeText.Escape(detail)} ({SafeText.Escape(reason)})",
    };

    private static void AddTimes(DetailPage page, RunView facts, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (facts.Run.StartedAt is { } started)
        {
            page.Line("Started", $"{Times.Local(started, clock)} ({DurationText.Format(now - started.ToDateTimeOffset())} ago)");
        }

        var ran = facts.Duration(now) is { } span ? DurationText.Format(span) : "";
        if (facts.Run.FinishedAt is { } finished)
        {
            page.Line("Ended", Times.Local(finished, clock) + (ran.Length == 0 ? "" : $" (ran {ran})"));
        }
        else
        {
            page.Line("Running for", ran);
        }
    }

    private static void AddEnvironment(DetailPage page, Run run, RunDetails details)
    {
        page.Line("Command", ShellWords.Join(details.Texts("command_argv")));
        page.Line("Directory", SafeText.Escape(details.Text("workdir")));
        page.Line("Host", SafeText.Escape(run.Hostname + (run.Owner.Length == 0 ? "" : $", as {run.Owner}")));
        page.Line("Python", SafeText.Escape(details.Text("python", "version")));
        page.Line("GPU driver", SafeText.Escape(details.Text("gpu_driver")));
        var branch = details.Text("git_info", "branch");
        page.Line("Git", run.GitCommit.Length == 0
            ? ""
            : SafeText.Escape(SafeText.Cut(run.GitCommit, 13).TrimEnd('…') + (branch.Length == 0 ? "" : $" on {branch}"))
                + (run.GitDirty ? $", with changes{(details.Diff.Length > 0 ? " (--diff shows them)" : "")}" : ""));
        page.Line("Peak memory", details.Number("usage", "max_rss_bytes") is > 0 and var peak ? ByteCount.Format(peak) : "");
    }

    private static void WriteMembers(TextOutput output, string heading, JsonElement members)
    {
        var all = members.EnumerateObject().ToList();
        if (all.Count == 0)
        {
            return;
        }

        var width = all.Max(member => SafeText.Escape(member.Name).Length);
        var text = new StringBuilder($"\n{output.Paint(heading, Colour.Bold)}\n");
        foreach (var member in all)
        {
            text.Append($"  {SafeText.Escape(member.Name).PadRight(width)}  {SafeText.Escape(ValueText.Whole(member.Value))}\n");
        }

        output.Write(text.ToString());
    }

    private static void WriteMetrics(TextOutput output, RunDetails details)
    {
        var metrics = details.Metrics.Metrics.Where(metric => metric.Buckets.Length > 0).ToList();
        if (metrics.Count > 0)
        {
            output.WriteLine("");
            var table = new Table("METRIC", "", "LAST", "MIN", "MAX") { Shrinks = "METRIC" };
            foreach (var metric in metrics)
            {
                var total = metric.Total;
                table.Add(
                    new(metric.Name),
                    new(Sparkline.Draw(metric, SparkWidth)),
                    Number(total.Last.Value),
                    Number(total.Least.Value),
                    Number(total.Most.Value));
            }

            table.Write(output);
        }

        WriteOthers(output, details);
        if (details.LastMetrics.Count > 0)
        {
            output.WriteLine($"\n{output.Paint($"Last lines of {RunFiles.Metrics}", Colour.Bold)} ({details.Metrics.Rows} rows)");
            foreach (var line in details.LastMetrics)
            {
                output.WriteLine($"  {SafeText.Escape(line)}");
            }
        }
    }

    private static void WriteOthers(TextOutput output, RunDetails details)
    {
        foreach (var (word, number) in new (string, Func<MetricsFile, int?>)[] { ("rank", file => file.Rank), ("process", file => file.Process) })
        {
            var files = details.Others.Where(other => number(other.File) is not null).ToList();
            if (files.Count == 0)
            {
                continue;
            }

            var plural = files.Count == 1 ? "" : word == "rank" ? "s" : "es";
            var names = files.SelectMany(file => file.Names).Distinct().ToList();
            output.WriteLine($"{files.Count} more {word}{plural} ({string.Join(", ", files.Select(file => number(file.File)).Take(MostNamed))}{(files.Count > MostNamed ? ", ..." : "")})"
                + (names.Count == 0 ? "" : $" with {SafeText.Escape(string.Join(", ", names.Take(MostNamed)))}{(names.Count > MostNamed ? ", ..." : "")}")
                + (word == "rank" ? "; `plot --rank N` shows one of them" : ""));
        }
    }

    private static void WriteAlerts(TextOutput output, RunDetails details)
    {
        if (details.Alerts.Count == 0)
        {
            return;
        }

        output.WriteLine($"\n{output.Paint("Last alerts", Colour.Bold)}");
        foreach (var alert in details.Alerts)
        {
            var text = alert.Text.Length > 0 ? $": {alert.Text}" : "";
            output.WriteLine($"  {SafeText.Escape($"{alert.Timestamp}  {alert.Level}: {alert.Title}{text}".TrimStart())}");
        }
    }

    private static Table.Cell Number(double value) => new(ValueText.Short(value), Right: true);
}
