using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>What whirrctl does for a night: drain, extend, retries, clean; with the real daemon.</summary>
public sealed class NightVerbsTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_drained_queue_starts_nothing_until_it_is_resumed()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        Assert.Contains("no job runs", (await daemon.CtlAsync("drain", "--wait", "--why", "new driver")).Succeeded, StringComparison.Ordinal);
        var id = await daemon.SubmitScriptAsync("true");
        var status = (await daemon.CtlAsync("status")).Succeeded;
        Assert.StartsWith("Drained by ", status, StringComparison.Ordinal);
        Assert.Contains(": new driver; nothing is started", status, StringComparison.Ordinal);
        Assert.Equal("queued", await daemon.StateAsync(id));
        Assert.Contains("warning  queue", (await daemon.CtlAsync("doctor")).Output, StringComparison.Ordinal);
        Assert.Contains("1 job is queued", (await daemon.CtlAsync("resume")).Succeeded, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Drain_waits_for_what_runs()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        await daemon.SubmitScriptAsync("echo up >up; while ! [ -e go ]; do sleep 0.02; done");
        await Eventually.ContentAsync(Path.Combine(daemon.Place, "up"));
        Assert.Contains("1 job still runs", (await daemon.CtlAsync("drain")).Succeeded, StringComparison.Ordinal);
        var drain = daemon.CtlAsync("drain", "--wait");
        await File.WriteAllTextAsync(Path.Combine(daemon.Place, "go"), "");
        Assert.Equal(0, (await drain).ExitCode);
        Assert.Contains("\n0 running", "\n" + (await daemon.CtlAsync("status")).Succeeded.Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_time_of_a_running_job_can_be_extended_and_taken_away()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("echo up >up; sleep 1000", "--time", "1h");
        await Eventually.ContentAsync(Path.Combine(daemon.Place, "up"));
        Assert.StartsWith($"Job {id} may run for 3h; 2h 59m", (await daemon.CtlAsync("extend", $"{id}", "+2h")).Succeeded, StringComparison.Ordinal);
        Assert.Equal(10_800, (await daemon.StatusAsync(id)).GetProperty("limits").GetProperty("time_seconds").GetDouble());
        Assert.StartsWith($"Job {id} may run for 2h 30m", (await daemon.CtlAsync("extend", $"{id}", "-30m")).Succeeded, StringComparison.Ordinal);
        Assert.Equal($"Job {id} may run for as long as it takes", (await daemon.CtlAsync("extend", $"{id}", "none")).Succeeded);
        Assert.Contains("extended", (await daemon.CtlAsync("events", $"{id}")).Succeeded, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.CtlAsync("cancel", "--wait", $"{id}")).ExitCode);
        Assert.Equal(1, (await daemon.CtlAsync("extend", $"{id}", "+2h")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_retried_job_is_waited_for_to_its_end_and_each_attempt_keeps_its_log()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync(
            "echo attempt $WHIRR_ATTEMPT; test $WHIRR_ATTEMPT = 3 || exit 75", "--retries", "2", "--retry-on", "exit:75", "--backoff", "0");
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal(2, job.GetProperty("retry").GetProperty("used").GetInt32());
        Assert.Equal(0, job.GetProperty("losses").GetInt32());
        Assert.Equal([75, 75, 0], job.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("exit_code").GetInt32()));
        foreach (var number in new[] { 1, 2, 3 })
        {
            // The keeper writes a line above the output of each further attempt.
            var lines = (await daemon.CtlAsync("logs", $"{id}", "--attempt", $"{number}")).Succeeded.Split('\n');
            Assert.Equal($"attempt {number}", lines[^1]);
            Assert.Equal(number == 1 ? 1 : 2, lines.Length);
        }

        Assert.Contains("2 of 2 used (exit:75; pause 0s)", (await daemon.CtlAsync("status", $"{id}")).Succeeded, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Clean_removes_what_it_said_it_would()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("echo x");
        await daemon.CtlAsync("wait", $"{id}");
        var run = (await daemon.StatusAsync(id)).GetProperty("run_dir").GetString()!;
        Assert.StartsWith($"This would remove 1 job ({id}) and 1 run directory", (await daemon.CtlAsync("clean", "--runs", "--dry-run")).Succeeded, StringComparison.Ordinal);
        Assert.Equal(1, (await daemon.CtlAsync("clean", "--runs")).ExitCode);
        Assert.True(Directory.Exists(run));
        Assert.StartsWith($"Removed 1 job ({id}) and 1 run directory", (await daemon.CtlAsync("clean", "--runs", "--yes")).Succeeded, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
        Assert.Equal(1, (await daemon.CtlAsync("status", $"{id}")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task Doctor_knows_the_keeper()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        Assert.Contains("ok       keeper        whirr-keeper ", (await daemon.CtlAsync("doctor")).Output, StringComparison.Ordinal);
    }
}
