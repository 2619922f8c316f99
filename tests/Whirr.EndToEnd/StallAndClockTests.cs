using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>A machine that slept and a clock that was set: nothing that is alive is declared dead.</summary>
public sealed class StallAndClockTests
{
    private const int Sigstop = 19;
    private const int Sigcont = 18;

    [Fact(Timeout = 60_000)]
    public async Task A_daemon_and_a_keeper_that_stood_still_longer_than_the_heartbeat_may_go_on_with_the_job_where_it_is()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--heartbeat-interval", "200ms", "--heartbeat-timeout", "1s");
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"cat {gate} >/dev/null; exit 7");
        var (keeper, command) = await Attempts.ProcessesAsync(daemon, id, 1);
        await Eventually.TrueAsync(() => daemon.Log.Contains($"job {id} attempt 1 runs", StringComparison.Ordinal), "the start in the log of the daemon");

        int[] all = [daemon.Pid, keeper, command];
        Array.ForEach(all, pid => Signals.Send(pid, Sigstop));
        await PassAsync(TimeSpan.FromSeconds(3));
        Array.ForEach(all, pid => Signals.Send(pid, Sigcont));

        Assert.Equal("running", await daemon.StateAsync(id));
        await File.WriteAllTextAsync(gate, "go\n");
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal(1, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_silent_keeper_that_a_new_daemon_meets_is_not_taken_for_dead()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"cat {gate} >/dev/null; exit 7");
        var (keeper, _) = await Attempts.ProcessesAsync(daemon, id, 1);
        Signals.Send(keeper, Sigstop);
        await daemon.KillAsync();
        await daemon.StartAgainAsync();
        await File.WriteAllTextAsync(gate, "go\n");
        Assert.Contains(await daemon.StateAsync(id), (string[])["starting", "running"]);
        Signals.Send(keeper, Sigcont);
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal(1, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(400)]
    public async Task A_clock_that_is_set_by_days_ends_nothing_and_starts_nothing_twice(int days)
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "2");
        var clock = await SteppedClock.MakeAsync(daemon.Place);
        await daemon.StartAgainAsync(clock.Environment);
        var gate = await GateAsync(daemon);
        var id = await daemon.SubmitScriptAsync($"cat {gate} >/dev/null; exit 7");
        var (_, command) = await Attempts.ProcessesAsync(daemon, id, 1);

        // While it runs, and over a restart.
        clock.Set(TimeSpan.FromDays(days));
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
        await daemon.KillAsync();
        await daemon.StartAgainAsync(clock.Environment);
        Assert.Equal(0, (await daemon.CtlAsync("submit", "--wait", "--", "/bin/true")).ExitCode);
        Assert.True(Eventually.IsAlive(command));
        Assert.Equal("running", await daemon.StateAsync(id));

        clock.Set(TimeSpan.Zero);
        await File.WriteAllTextAsync(gate, "go\n");
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal(1, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_claim_that_a_dead_daemon_made_by_another_clock_is_no_reboot(int days)
    {
        await using var daemon = PrivateDaemon.Prepare("--slots", "1");
        var clock = await SteppedClock.MakeAsync(daemon.Place);
        clock.Set(TimeSpan.FromDays(days));
        await daemon.StartAgainAsync([.. clock.Environment, ("WHIRR_FAULT_POINT", "AfterClaimBeforeSpawn")]);
        var submit = daemon.SubmitScriptAsync("exit 7");
        await daemon.EndedAsync();
        clock.Set(TimeSpan.Zero);
        await daemon.StartAgainAsync(clock.Environment);
        var id = await submit;
        Assert.Equal(7, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.DoesNotContain("node_rebooted", (await daemon.CtlAsync("events", $"{id}", "--json")).Succeeded, StringComparison.Ordinal);
    }

    private static async Task<string> GateAsync(PrivateDaemon daemon)
    {
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        return gate;
    }

    /// <summary>Time that goes by is what is tested here.</summary>
    private static Task PassAsync(TimeSpan time) => Task.Delay(time);
}
