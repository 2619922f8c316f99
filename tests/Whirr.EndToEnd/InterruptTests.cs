using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Ctrl+C in the terminal of a daemon.</summary>
public sealed class InterruptTests
{
    private const int Sigint = 2;

    [Fact(Timeout = 60_000)]
    public async Task The_first_interrupt_starts_nothing_any_more_and_ends_the_daemon_with_the_running_jobs()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--slots", "1");
        var gate = await GateAsync(daemon);
        var running = await daemon.SubmitScriptAsync($"echo up; cat {gate}; exit 5");
        var waiting = await daemon.SubmitScriptAsync("true");
        await UpAsync(daemon, running);

        Signals.Send(daemon.Pid, Sigint);
        await Eventually.TrueAsync(() => daemon.Log.Contains("interrupt again (Ctrl+C)", StringComparison.Ordinal), "the word about a second Ctrl+C");
        Assert.Equal("running", await daemon.StateAsync(running));
        Assert.Contains("starts nothing any more", (await daemon.StatusAsync(waiting)).GetProperty("reason_detail").GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(gate, "go\n");
        await daemon.EndedAsync();

        await daemon.StartAgainAsync();
        Assert.Equal(5, (await daemon.StatusAsync(running)).GetProperty("exit_code").GetInt32());
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{waiting}")).ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_second_interrupt_ends_the_running_jobs_and_says_so_in_their_records()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--kill-grace-period", "300ms");
        var running = await daemon.SubmitScriptAsync("echo up; sleep 1000");
        await UpAsync(daemon, running);
        Signals.Send(daemon.Pid, Sigint);
        await Eventually.TrueAsync(() => daemon.Log.Contains("interrupt again (Ctrl+C)", StringComparison.Ordinal), "the word about a second Ctrl+C");
        Signals.Send(daemon.Pid, Sigint);
        await daemon.EndedAsync();

        await daemon.StartAgainAsync();
        var job = await daemon.StatusAsync(running);
        Assert.Equal("cancelled", job.GetProperty("state").GetString());
        Assert.Equal("ended with whirrd (second Ctrl+C)", job.GetProperty("reason_detail").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task With_nothing_running_the_first_interrupt_ends_the_daemon()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        Signals.Send(daemon.Pid, Sigint);
        await daemon.EndedAsync();
        Assert.Contains("stopped", daemon.Log, StringComparison.Ordinal);
    }

    private static async Task<string> GateAsync(PrivateDaemon daemon)
    {
        var gate = Path.Combine(daemon.Place, "gate");
        Assert.Equal(0, (await Command.RunAsync("/usr/bin/mkfifo", [gate])).ExitCode);
        return gate;
    }

    private static Task<string> UpAsync(PrivateDaemon daemon, long id) =>
        Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log"));
}
