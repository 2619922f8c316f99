using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A daemon that is killed and started again finds its jobs as they are.</summary>
public sealed class DaemonRestartTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_job_outlives_a_killed_daemon_and_its_exit_code_and_log_arrive()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"echo before; cat {gate}; echo after; exit 7");
        await Eventually.ContentAsync(Log(daemon, id));
        await daemon.KillAsync();
        await daemon.StartAgainAsync();
        Assert.Equal("running", await daemon.StateAsync(id));

        await File.WriteAllTextAsync(gate, "through the gate\n");
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal("before\nthrough the gate\nafter", (await daemon.CtlAsync("logs", $"{id}")).Succeeded);
        Assert.Equal(1, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_ends_while_no_daemon_is_there_has_its_result_at_the_next_start()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"echo $$; cat {gate} >/dev/null; exit 7");
        var pid = int.Parse(await Eventually.ContentAsync(Log(daemon, id)));
        await daemon.KillAsync();
        await File.WriteAllTextAsync(gate, "go\n");
        await Eventually.GoneAsync(pid);

        await daemon.StartAgainAsync();
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal("exit_code", (await daemon.StatusAsync(id)).GetProperty("reason").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Stopping_the_daemon_leaves_running_jobs_to_their_keepers_and_starts_nothing_new()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "1");
        var gate = await GateAsync(daemon);
        var running = await daemon.SubmitScriptAsync($"echo $$; cat {gate}");
        var pid = int.Parse(await Eventually.ContentAsync(Log(daemon, running)));
        var queued = await daemon.SubmitScriptAsync("true");
        Assert.Equal(0, await daemon.StopAsync());
        Assert.True(Eventually.IsAlive(pid));
        Assert.False(File.Exists(daemon.Socket));

        await daemon.StartAgainAsync();
        Assert.Equal("running", await daemon.StateAsync(running));
        Assert.Equal("queued", await daemon.StateAsync(queued));
        await File.WriteAllTextAsync(gate, "go\n");
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{running}", $"{queued}")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_follower_of_a_log_goes_on_after_a_restart_and_misses_nothing()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"echo one; cat {gate}; echo three");
        using var follow = Command.Start(Programs.Whirrctl, ["logs", $"{id}", "-f"], new Dictionary<string, string?> { ["WHIRR_SOCKET"] = daemon.Socket });
        Assert.Equal("one", await follow.StandardOutput.ReadLineAsync());
        await daemon.KillAsync();
        await daemon.StartAgainAsync();
        await File.WriteAllTextAsync(gate, "two\n");
        Assert.Equal("two\nthree\n", await follow.StandardOutput.ReadToEndAsync());
        await follow.WaitForExitAsync();
        Assert.Equal(0, follow.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cancellation_that_was_asked_for_before_the_daemon_died_still_ends_the_job()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        await daemon.StopAsync();
        await daemon.StartAgainAsync(("WHIRR_FAULT_POINT", "AfterCancelBeforeSignal"));
        var id = await daemon.SubmitScriptAsync("echo up; exec sleep 1000");
        await Eventually.ContentAsync(Log(daemon, id));
        var cancel = daemon.CtlAsync("cancel", $"{id}");
        await daemon.EndedAsync();
        await daemon.StartAgainAsync();
        await cancel;
        await daemon.CtlAsync("wait", $"{id}");
        Assert.Equal("cancelled", await daemon.StateAsync(id));
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_one_daemon_may_have_a_state_directory()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var second = await Command.RunAsync(
            Programs.Whirrd,
            ["--user", "--config", "/dev/null", "--socket", daemon.Socket + "2", "--state-dir", Path.Combine(daemon.Place, "state"), "--runs-dir", Path.Combine(daemon.Place, "runs"), "--keeper", Programs.Keeper]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another", second.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
    }

    private static string Log(PrivateDaemon daemon, long id) => Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log");

    /// <summary>A pipe that a job waits on.</summary>
    private static async Task<string> GateAsync(PrivateDaemon daemon)
    {
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        return gate;
    }
}
