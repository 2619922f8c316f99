using System.Diagnostics;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>How jobs are ended, and that nothing of them is left.</summary>
[Trait("needs", "programs")]
public sealed class EndTests
{
    private const int Limit = 60_000;
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(5);

    [Fact(Timeout = Limit)]
    public async Task A_cancelled_job_is_cancelled_also_when_it_exits_with_0()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "exit-on-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "waiting");

        attempt.Cancel(Patient);

        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal((0, EndedBy.Cancel), (exited.ExitCode, exited.By));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("cancelled", meta.RootElement.GetProperty("status").GetString());
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_that_ignores_SIGTERM_is_killed_after_its_grace()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "ignore-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");
        var asked = Stopwatch.GetTimestamp();

        attempt.Cancel(TimeSpan.FromMilliseconds(300));

        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal((137, 9, EndedBy.Cancel), (exited.ExitCode, exited.Signal, exited.By));
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(20));
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_cancellation_shortens_the_grace()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "ignore-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");

        attempt.Cancel(Patient);
        attempt.Cancel(TimeSpan.Zero);
        attempt.Cancel(Patient);

        Assert.Equal(9, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).Signal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stopped_job_is_woken_to_be_ended()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "exit-on-term");
        var attempt = await world.StartAsync(job);
        var start = await attempt.Started;
        await world.LogWithAsync(job, "waiting");
        const int Stop = 19;
        Assert.Equal(0, ChildProcess.Send(start.Pid, Stop));

        attempt.Cancel(Patient);

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task A_cancellation_at_the_very_start_is_not_lost()
    {
        await using var world = new World();
        for (var round = 0; round < 20; round++)
        {
            var attempt = await world.StartAsync(world.Program, "sleep");
            attempt.Cancel(Patient);

            switch (await attempt.Ended)
            {
                case AttemptEnding.Exited exited:
                    Assert.Equal(EndedBy.Cancel, exited.By);
                    break;
                case var other:
                    Assert.Equal(EndedBy.Cancel, Assert.IsType<AttemptEnding.StartFailed>(other).By);
                    break;
            }
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_that_has_ended_by_itself_stays_so_when_it_is_cancelled_late()
    {
        await using var world = new World();
        var attempt = await world.StartAsync("true");
        await attempt.Ended;

        attempt.Cancel(TimeSpan.Zero);

        Assert.Equal(EndedBy.Itself, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task The_rest_of_the_group_has_the_grace_too_when_its_shell_ends_at_once()
    {
        // The shell dies of SIGTERM; its child writes its state first. The file it waits for shows that nobody has killed it by then.
        await using var world = new World();
        var job = world.NewJob("bash", "-c", "(trap 'until [ -e go ]; do :; done; echo saved; exit' TERM; echo ready; while :; do sleep 0.01; done) & sleep 1000");
        var attempt = await world.StartAsync(job);
        var start = await attempt.Started;
        await world.LogWithAsync(job, "ready");
        using var main = Pidfd.TryOpen(start.Pid)!;

        attempt.Cancel(Patient);
        Assert.Equal(1, await Task.Run(() => Poller.Wait([new PollEntry(main.Number, PollEntry.In)], Limit / 2)));
        await File.WriteAllTextAsync($"{world.Work}/go", "");
        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);

        Assert.Equal((15, EndedBy.Cancel), (exited.Signal, exited.By));
        Assert.Contains("saved", world.LogOf(job), StringComparison.Ordinal);
    }

    public static TheoryData<string[]> WaysToStay => new()
    {
        new[] { "leave", "append", "FILE", "1" },
        new[] { "leave-daemon", "append", "FILE", "1" },
        new[] { "hidden", "in-session", "leave", "append", "FILE", "1" },
        new[] { "leave", "ignore-term" },
    };

    [Theory(Timeout = Limit)]
    [MemberData(nameof(WaysToStay))]
    public async Task What_a_job_leaves_behind_ends_with_it(string[] way)
    {
        await using var world = new World();
        var file = $"{world.Work}/file";
        string[] command = [world.Program, .. way.Select(word => word == "FILE" ? file : word)];

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(command)).Ended);

        Assert.Equal((0, EndedBy.Itself), (exited.ExitCode, exited.By));
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
    }

    [Fact(Timeout = Limit)]
    public async Task A_whole_tree_ends_with_its_root()
    {
        await using var world = new World();
        var attempt = await world.StartAsync(world.Program, "tree", "3", "3", world.Work);
        await attempt.Started;
        while (Directory.GetFiles(world.Work).Length < 1 + 3 + 9 + 27)
        {
            await Task.Yield();
        }

        attempt.Cancel(TimeSpan.FromMilliseconds(1));
        await attempt.Ended;

        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
    }

    [Fact(Timeout = Limit)]
    public async Task SIGTERM_to_the_keeper_ends_the_job_in_good_order()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "exit-on-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "waiting");

        Assert.Equal(0, ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Terminate));

        Assert.Equal(EndedBy.KeeperStopped, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task SIGTERM_to_job_and_keeper_alike_is_no_end_of_the_job_s_own_whichever_arrives_first()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "sleep");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        var facts = world.FactsOf(job);

        // Both have happened before the keeper looks at either.
        ChildProcess.Send(facts.KeeperPid, Signal.Stop);
        ChildProcess.Send(facts.CommandPid, Signal.Terminate);
        while (world.Processes().Any(process => process.Pid == facts.CommandPid && process.State != 'Z'))
        {
            await Task.Yield();
        }

        ChildProcess.Send(facts.KeeperPid, Signal.Terminate);
        ChildProcess.Send(facts.KeeperPid, Signal.Continue);

        Assert.Equal(EndedBy.KeeperStopped, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task SIGTERM_to_the_job_alone_is_told_as_that()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "sleep");
        var attempt = await world.StartAsync(job);
        await attempt.Started;

        ChildProcess.Send(world.FactsOf(job).CommandPid, Signal.Terminate);

        var exited = Assert.IsType<AttemptEnding.Exited>(await attempt.Ended);
        Assert.Equal((15, EndedBy.Itself), (exited.Signal, exited.By));
    }

    [Fact(Timeout = Limit)]
    public async Task A_job_that_is_to_end_with_its_daemon_does()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "ignore-term");
        job = job with { Settings = job.Settings with { OnDaemonLoss = OnDaemonLoss.Kill, KillGracePeriod = TimeSpan.FromMilliseconds(50) } };
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");

        await world.RestartDaemonAsync();
        await World.FileAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}");
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.Equal((9, EndedBy.DaemonLoss), Assert.IsType<AttemptEnding.Exited>(await adopted.Ended) is var exited ? (exited.Signal, exited.By) : default);
    }
}
