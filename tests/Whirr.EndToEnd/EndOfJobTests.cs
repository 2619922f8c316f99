using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

/// <summary>Ends that whirr did not bring about: told from each other, and nothing left of the job.</summary>
public sealed class EndOfJobTests
{
    private const int Sigkill = 9;
    private const int Sigsegv = 11;
    private const int Sigstop = 19;

    [Fact(Timeout = 60_000)]
    public async Task A_job_killed_by_hand_failed_by_signal_9_and_whirr_says_that_it_did_not_send_it()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("exec sleep 1000");
        var (_, command) = await Attempts.ProcessesAsync(daemon, id, 1);
        Signals.Send(command, Sigkill);
        await AssertSignalledAsync(daemon, id, Sigkill, "whirr did not send it");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_segmentation_fault_is_signal_11()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("ulimit -c 0; kill -SEGV $$");
        await AssertSignalledAsync(daemon, id, Sigsegv, "whirr did not send it");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_segmentation_fault_that_dumped_core_says_so()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var place = Directory.CreateDirectory(Path.Combine(daemon.Place, "core")).FullName;
        var submitted = await daemon.CtlAsync(["submit", "-q", "--", "/bin/sh", "-c", "ulimit -c unlimited; kill -SEGV $$"], input: null, directory: place);
        var id = long.Parse(submitted.Succeeded);
        await AssertSignalledAsync(daemon, id, Sigsegv, "core dumped");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("exit 0", "completed")]
    [InlineData("exit 3", "failed")]
    [InlineData("kill -KILL $$", "failed")]
    public async Task A_daemon_that_the_job_left_with_closed_files_is_gone_at_its_end(string end, string state)
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var pid = Path.Combine(daemon.Place, "pid");
        var id = await daemon.SubmitScriptAsync(
            $"(setsid sh -c 'exec </dev/null >/dev/null 2>&1; echo $$ >{pid}; while :; do sleep 0.1; done' &); while [ ! -s {pid} ]; do sleep 0.01; done; {end}");
        await daemon.CtlAsync("wait", $"{id}");

        // At once: when the end is known, nobody is left.
        Assert.False(Eventually.IsAlive(int.Parse(await File.ReadAllTextAsync(pid))));
        Assert.Equal(state, await daemon.StateAsync(id));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tree_that_was_stopped_is_gone_after_a_cancel()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--kill-grace-period", "300ms");
        var pids = Path.Combine(daemon.Place, "pids");
        var id = await daemon.SubmitScriptAsync($"sleep 1000 & echo $! >>{pids}; setsid sleep 1001 & echo $! >>{pids}; echo $$ >>{pids}; trap '' TERM; wait");
        await Eventually.TrueAsync(() => File.Exists(pids) && File.ReadAllLines(pids).Length == 3, "the tree of the job");
        var tree = (await File.ReadAllLinesAsync(pids)).Select(int.Parse).ToList();
        tree.ForEach(pid => Signals.Send(pid, Sigstop));
        Assert.Equal(0, (await daemon.CtlAsync("cancel", $"{id}", "--wait")).ExitCode);
        Assert.All(tree, pid => Assert.False(Eventually.IsAlive(pid), $"process {pid} of the tree lives"));
        Assert.Equal("cancelled", await daemon.StateAsync(id));
    }

    private static async Task AssertSignalledAsync(PrivateDaemon daemon, long id, int signal, string words)
    {
        Assert.Equal(128 + signal, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        var job = await daemon.StatusAsync(id);
        Assert.Equal("failed", job.GetProperty("state").GetString());
        Assert.Equal("signal", job.GetProperty("reason").GetString());
        Assert.Equal(signal, job.GetProperty("signal").GetInt32());
        Assert.Contains(words, job.GetProperty("reason_detail").GetString()!, StringComparison.Ordinal);
    }
}
