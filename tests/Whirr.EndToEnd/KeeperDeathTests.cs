using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

public sealed class KeeperDeathTests
{
    private const int Sigkill = 9;

    [Theory(Timeout = 60_000)]
    [InlineData("auto")]
    [InlineData("off")]
    public async Task A_killed_keeper_takes_the_whole_tree_with_it_and_the_job_is_lost_when_it_says_stop(string cgroup)
    {
        await using var daemon = await PrivateDaemon.StartAsync("--cgroup", cgroup);
        var (id, tree) = await StartTreeAsync(daemon, "--on-lost", "stop");
        Signals.Send(KeeperOf(tree[0]), Sigkill);
        Assert.NotEqual(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);

        foreach (var pid in tree)
        {
            Assert.False(Eventually.IsAlive(pid), $"process {pid} of the tree lives");
        }

        var job = await daemon.StatusAsync(id);
        Assert.Equal("lost", job.GetProperty("state").GetString());
        Assert.Equal("keeper_died", job.GetProperty("reason").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_keeper_means_another_attempt_that_appends_to_the_log()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("echo attempt $WHIRR_ATTEMPT; [ $WHIRR_ATTEMPT = 2 ] || exec sleep 1000");
        var log = Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log");
        await Eventually.TrueAsync(() => File.Exists(log) && File.ReadAllText(log).Contains("attempt 1", StringComparison.Ordinal), "the first attempt");
        Signals.Send(KeeperOf((await daemon.StatusAsync(id)).GetProperty("pid").GetInt32()), Sigkill);
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);

        var lines = (await File.ReadAllLinesAsync(log)).ToList();
        Assert.Equal("attempt 1", lines[0]);
        Assert.Equal("attempt 2", lines[^1]);
        Assert.Contains(lines, line => line.Contains("whirr: attempt 2", StringComparison.Ordinal));
        Assert.Equal(2, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task Keeper_and_daemon_killed_together_are_found_out_at_the_next_start()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var (id, tree) = await StartTreeAsync(daemon, "--on-lost", "stop");
        var keeper = KeeperOf(tree[0]);
        await daemon.KillAsync();
        Signals.Send(keeper, Sigkill);
        await daemon.StartAgainAsync();
        await daemon.CtlAsync("wait", $"{id}");
        Assert.Equal("keeper_died", (await daemon.StatusAsync(id)).GetProperty("reason").GetString());
        foreach (var pid in tree)
        {
            await Eventually.GoneAsync(pid);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_says_so_ends_with_the_daemon_and_runs_again_with_the_next()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--kill-grace-period", "200ms");
        var id = await daemon.SubmitScriptAsync("echo $$; [ $WHIRR_ATTEMPT = 2 ] || exec sleep 1000", "--on-daemon-loss", "kill");
        var pid = int.Parse(await Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log")));
        await daemon.KillAsync();
        await Eventually.GoneAsync(pid);
        await daemon.StartAgainAsync();
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        Assert.Equal(2, (await daemon.StatusAsync(id)).GetProperty("attempt").GetInt32());
    }

    /// <summary>A job whose tree has a child, one in another session, and one that was orphaned into another session.</summary>
    private static async Task<(long Id, IReadOnlyList<int> Tree)> StartTreeAsync(PrivateDaemon daemon, params string[] options)
    {
        var pids = Path.Combine(daemon.Place, "pids");
        var id = await daemon.SubmitScriptAsync(
            $"echo $$ >>{pids}; sleep 1000 & echo $! >>{pids}; setsid sleep 1001 & echo $! >>{pids}; (setsid sh -c 'sleep 1002 & echo $! >>{pids}; wait' &); wait",
            options);
        await Eventually.TrueAsync(() => File.Exists(pids) && File.ReadAllLines(pids).Length == 4, "the tree of the job");
        return (id, (await File.ReadAllLinesAsync(pids)).Select(int.Parse).ToList());
    }

    /// <summary>The parent of a job's command is its keeper.</summary>
    private static int KeeperOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
    }
}
