using Whirr.EndToEnd.Harness;

namespace Whirr.EndToEnd;

public sealed class CancelTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done", "exits 0 on SIGTERM")]
    [InlineData("trap '' TERM; echo up; while :; do sleep 0.05; done", "ignores SIGTERM")]
    [InlineData("echo up; sleep 1000", "dies of SIGTERM")]
    public async Task A_running_job_that_is_cancelled_is_cancelled_however_it_takes_it(string script, string how)
    {
        await using var daemon = await PrivateDaemon.StartAsync("--kill-grace-period", "300ms");
        var id = await daemon.SubmitScriptAsync(script);
        await UpAsync(daemon, id);
        Assert.Equal(0, (await daemon.CtlAsync("cancel", $"{id}", "--wait")).ExitCode);

        var job = await daemon.StatusAsync(id);
        Assert.True(job.GetProperty("state").GetString() == "cancelled", how);
        Assert.Equal("cancelled_by_user", job.GetProperty("reason").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_whole_tree_of_a_cancelled_job_dies()
    {
        await using var daemon = await PrivateDaemon.StartAsync("--kill-grace-period", "300ms");
        var pids = Path.Combine(daemon.Place, "pids");
        var id = await daemon.SubmitScriptAsync(
            $"sleep 1000 & echo $! >>{pids}; setsid sleep 1001 & echo $! >>{pids}; (setsid sh -c 'sleep 1002 & echo $! >>{pids}' &) ; nohup sleep 1003 >/dev/null 2>&1 & echo $! >>{pids}; sleep 0.3; echo up; wait");
        await UpAsync(daemon, id);
        await daemon.CtlAsync("cancel", $"{id}", "--wait");
        var tree = (await File.ReadAllLinesAsync(pids)).Select(int.Parse).ToList();
        Assert.Equal(4, tree.Count);
        foreach (var pid in tree)
        {
            await Eventually.GoneAsync(pid);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Processes_left_behind_by_a_job_that_ended_die_with_it()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var pids = Path.Combine(daemon.Place, "pids");
        var id = await daemon.SubmitScriptAsync($"setsid sh -c 'echo $$ >>{pids}; exec sleep 1000' </dev/null >/dev/null 2>&1 & while ! [ -s {pids} ]; do sleep 0.02; done");
        Assert.Equal(0, (await daemon.CtlAsync("wait", $"{id}")).ExitCode);
        await Eventually.GoneAsync(int.Parse(await File.ReadAllTextAsync(pids)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelling_what_has_ended_changes_nothing_and_an_unknown_job_is_an_error()
    {
        await using var daemon = await PrivateDaemon.StartAsync();
        var id = await daemon.SubmitScriptAsync("true");
        await daemon.CtlAsync("wait", $"{id}");
        var again = await daemon.CtlAsync("cancel", $"{id}");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("already completed", again.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await daemon.CtlAsync("cancel", "999")).ExitCode);
        Assert.NotEqual(0, (await daemon.CtlAsync("cancel")).ExitCode);
    }

    private static Task<string> UpAsync(PrivateDaemon daemon, long id) =>
        Eventually.ContentAsync(Path.Combine(daemon.Place, "runs", $"job-{id}", "output.log"));
}
