using System.Text.Json;
using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What a script wants people to know arrives, once, also when no daemon was there to hear it.</summary>
public sealed class AlertTests
{
    private const int Limit = 120_000;

    private const string Script =
        """
        import os, time, whirr
        run = whirr.init(capture_git=False, capture_pip=False)
        def wait_for(name):
            while not os.path.exists(name):
                time.sleep(0.01)
        run.alert("loss is high", "it is 12\nand rises", level="error")
        wait_for("go")
        run.alert("loss is low")
        """;

    [Fact(Timeout = Limit)]
    public async Task An_alert_is_told_once_by_the_command_and_seen_in_events_report_and_show()
    {
        await using var daemon = await StartAsync();
        var id = await SubmitAsync(daemon);
        await Eventually.TrueAsync(() => Told(daemon).Count == 1, "the first alert");
        var told = Told(daemon)[0];
        Assert.Equal(
            ("alert", "alerted", "error: loss is high: it is 12 and rises"),
            (told.GetProperty("event").GetString(), told.GetProperty("what").GetString(), told.GetProperty("reason").GetString()));
        Assert.Equal((id, "running"), (told.GetProperty("job").GetProperty("id").GetInt64(), told.GetProperty("job").GetProperty("state").GetString()));

        await daemon.KillAsync();
        await daemon.StartAgainAsync();
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "go"), "");
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        await Eventually.TrueAsync(() => Told(daemon).Count >= 2, "the second alert");

        Assert.Equal(["error: loss is high: it is 12 and rises", "warn: loss is low"], Told(daemon).Select(notice => notice.GetProperty("reason").GetString()));
        Assert.Equal(["submitted", "claimed", "started", "alerted", "alerted", "completed"], await EventsAsync(daemon, id));
        Assert.Contains("error: loss is high: it is 12 and rises", (await daemon.CtlAsync("events", $"{id}")).Succeeded, StringComparison.Ordinal);
        var report = (await daemon.CtlAsync("report")).Succeeded;
        Assert.Contains("Alerts (1)", report, StringComparison.Ordinal);
        Assert.Contains("2 times, last: warn: loss is low", report, StringComparison.Ordinal);
        var shown = (await daemon.CtlAsync("show", $"{id}")).Succeeded;
        Assert.Matches(@"Last alerts\n  \S+Z  error: loss is high: it is 12\\nand rises\n  \S+Z  warn: loss is low$", shown);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_job_said_while_no_daemon_was_there_is_told_by_the_next()
    {
        await using var daemon = await StartAsync();
        var id = await SubmitAsync(daemon);
        await Eventually.TrueAsync(() => Told(daemon).Count == 1, "the first alert");
        var runDir = Told(daemon)[0].GetProperty("job").GetProperty("run_dir").GetString()!;
        await daemon.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "go"), "");
        await Eventually.TrueAsync(() => File.ReadAllText($"{runDir}/meta.json").Contains("\"completed\"", StringComparison.Ordinal), "the end of the job");
        await daemon.StartAgainAsync();

        await Eventually.TrueAsync(() => Told(daemon).Count >= 2, "the second alert");
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal("warn: loss is low", Told(daemon)[1].GetProperty("reason").GetString());
        Assert.Equal(["submitted", "claimed", "started", "alerted", "alerted", "completed"], await EventsAsync(daemon, id));

        // Nothing is left to be told again.
        await daemon.StopAsync();
        await daemon.StartAgainAsync();
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--notify", "end", "--", "/bin/true")).ExitCode);
        await Eventually.TrueAsync(() => Told(daemon).Count >= 3, "the notice about another job");
        Assert.Equal(["alert", "alert", "end"], Told(daemon).Select(notice => notice.GetProperty("event").GetString()));
    }

    private static async Task<PrivateDaemon> StartAsync()
    {
        var place = PrivateDaemon.Prepare();
        var hook = Path.Combine(place.Place, "hook");
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ncat >>{place.Place}/told; echo >>{place.Place}/told\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);
        place.Options.AddRange(["--notify-command", hook]);
        await place.StartAgainAsync();
        await File.WriteAllTextAsync(Path.Combine(place.Place, "train.py"), Script);
        return place;
    }

    private static async Task<long> SubmitAsync(PrivateDaemon daemon)
    {
        var environment = new Dictionary<string, string?> { ["PYTHONPATH"] = Programs.PythonPackage, ["PYTHONDONTWRITEBYTECODE"] = "1" };
        return long.Parse((await daemon.CtlAsync(["submit", "-q", "--notify", "alert", "--", "/usr/bin/python3", "train.py"], null, daemon.Place, environment)).Succeeded);
    }

    private static async Task<List<string?>> EventsAsync(PrivateDaemon daemon, long id) =>
        [.. (await daemon.CtlAsync("events", "--json", $"{id}")).Succeeded.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString())];

    /// <summary>What was told. A daemon that is killed while it tells does so again, under the same id.</summary>
    private static List<JsonElement> Told(PrivateDaemon daemon)
    {
        var file = Path.Combine(daemon.Place, "told");
        return !File.Exists(file) ? [] : [.. File.ReadAllText(file).Split('\n').SkipLast(1).Where(line => line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement).DistinctBy(notice => notice.GetProperty("id").GetInt64())];
    }
}
