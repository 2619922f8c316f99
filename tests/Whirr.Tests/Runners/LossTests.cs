using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;
using Whirr.Tests.Engine;

namespace Whirr.Tests.Runners;

/// <summary>Daemons that come and go, and keepers that are killed.</summary>
[Trait("needs", "programs")]
public sealed class LossTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task A_new_daemon_finds_a_running_job_and_hears_its_end()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "until [ -e go ]; do sleep 0.01; done; echo done; exit 6");
        var before = await (await world.StartAsync(job)).Started;

        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        var after = await adopted.Started;
        await File.WriteAllTextAsync($"{world.Work}/go", "");

        Assert.Equal(6, Assert.IsType<AttemptEnding.Exited>(await adopted.Ended).ExitCode);
        Assert.Equal(before.Pid, after.Pid);
        Assert.Equal("done\n", world.LogOf(job));
    }

    [Fact(Timeout = Limit)]
    public async Task A_new_daemon_can_cancel_a_job_that_it_found()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "sleep");
        await (await world.StartAsync(job)).Started;

        await world.RestartDaemonAsync();
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        adopted.Cancel(TimeSpan.FromMinutes(5));

        Assert.Equal(EndedBy.Cancel, Assert.IsType<AttemptEnding.Exited>(await adopted.Ended).By);
    }

    [Fact(Timeout = Limit)]
    public async Task An_end_while_no_daemon_was_there_is_read_from_the_exit_record()
    {
        await using var world = new World();
        var job = world.NewJob("sh", "-c", "until [ -e go ]; do sleep 0.01; done; exit 7");
        await (await world.StartAsync(job)).Started;
        await world.RestartDaemonAsync();
        await File.WriteAllTextAsync($"{world.Work}/go", "");
        await World.FileAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}");

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.Equal(7, Assert.IsType<AttemptEnding.Exited>(await adopted.Ended).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_is_killed_takes_the_whole_tree_with_it()
    {
        await using var world = new World();
        var job = world.NewJob(
            "bash", "-c", $"{world.Program} leave-daemon append {world.Work}/a 1; {world.Program} leave append {world.Work}/b 1; {world.Program} hidden append {world.Work}/c 1; echo up; exec {world.Program} ignore-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");

        Assert.Equal(0, ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Kill));
        var vanished = Assert.IsType<AttemptEnding.Vanished>(await attempt.Ended);

        Assert.Equal(EndReason.KeeperDied, vanished.Reason);
        Assert.Empty(world.Processes());
        var sizes = Directory.GetFiles(world.Work).Order().Select(file => new FileInfo(file).Length).ToList();
        Assert.Equal(3, sizes.Count);
        Assert.Equal(sizes, Directory.GetFiles(world.Work).Order().Select(file => new FileInfo(file).Length));
        using var meta = JsonDocument.Parse(File.ReadAllText($"{world.RunDirOf(job)}/meta.json"));
        Assert.Equal("lost", meta.RootElement.GetProperty("status").GetString());
        Assert.Equal("keeper_died", meta.RootElement.GetProperty("reason").GetString());
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_was_killed_while_no_daemon_was_there_is_found_dead()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "with-child", "append", $"{world.Work}/file", "1");
        await (await world.StartAsync(job)).Started;
        await World.FileAsync($"{world.Work}/file");
        await world.RestartDaemonAsync();
        using var command = Pidfd.TryOpen(world.FactsOf(job).CommandPid)!;
        Assert.Equal(0, ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Kill));

        // The command itself needs nobody to die with its keeper; the rest is for the next daemon.
        Assert.Equal(1, await Task.Run(() => Poller.Wait([new PollEntry(command.Number, PollEntry.In)], Limit / 2)));
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        var vanished = Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended);
        Assert.Equal(EndReason.KeeperDied, vanished.Reason);
        Assert.Empty(world.Processes());
        Assert.True(adopted.Started.IsCanceled);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_is_killed_at_a_random_moment_leaves_nothing_and_nothing_runs_twice()
    {
        await using var world = new World();
        var random = new Random(20260131);
        for (var round = 0; round < 60; round++)
        {
            var job = world.NewJob(world.Program, "leave", "append", $"{world.Work}/file", "1");
            var attempt = await world.StartAsync(job);
            var until = random.Next(0, 3_000);
            for (var spin = 0; spin < until && !attempt.Ended.IsCompleted; spin++)
            {
                Thread.SpinWait(100);
            }

            if (KeeperOf(world, job) is { } keeper)
            {
                ChildProcess.Send(keeper, Signal.Kill);
            }

            var ending = await attempt.Ended;
            Assert.True(ending is AttemptEnding.Exited or AttemptEnding.Vanished or AttemptEnding.NotRun, $"{ending}");
            Assert.Empty(world.Processes());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_comes_after_its_attempt_was_given_up_starts_nothing()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "marker", $"{world.Work}/marker");

        // The daemon before claimed the attempt and died; its keeper is still on the way.
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        var notRun = Assert.IsType<AttemptEnding.NotRun>(await adopted.Ended);
        var late = LateKeeper.Start(world, job);

        Assert.Equal(EndReason.KeeperDied, notRun.Reason);
        Assert.Equal(LateKeeper.NotOurs, await late);
        Assert.False(File.Exists($"{world.Work}/marker"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_comes_after_its_attempt_was_forgotten_starts_nothing()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "marker", $"{world.Work}/marker");
        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        await adopted.Ended;
        adopted.Forget();
        await world.RestartDaemonAsync();

        Assert.NotEqual(0, await LateKeeper.Start(world, job));
        Assert.False(File.Exists($"{world.Work}/marker"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_keeper_for_the_same_attempt_starts_nothing()
    {
        await using var world = new World();
        var job = world.NewJob(world.Program, "exit-on-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "waiting");

        Assert.Equal(LateKeeper.NotOurs, await LateKeeper.Start(world, job));

        attempt.Cancel(TimeSpan.FromMinutes(5));
        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task An_attempt_of_another_boot_was_ended_by_the_restart_of_the_machine()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        Directory.CreateDirectory(world.AttemptDirOf(job));
        var facts = new KeeperFacts { BootId = "another-boot", KeeperPid = 1, KeeperStartTicks = 1, CommandPid = 1, CommandStartTicks = 1 };
        await File.WriteAllBytesAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Facts}", facts.Encode());

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.Equal(EndReason.NodeRebooted, Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended).Reason);
    }

    [Fact(Timeout = Limit)]
    public async Task A_damaged_exit_record_is_no_result()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        Directory.CreateDirectory(world.AttemptDirOf(job));
        await File.WriteAllTextAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}", "{\"v\":1,\"job_id\":");

        var adopted = await world.Runner.AdoptAsync(job with { State = JobState.Running }, CancellationToken.None);

        Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended);
        Assert.Contains(world.Warnings, warning => warning.Sentence.Contains("exit record is damaged", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task The_record_of_another_claim_is_no_result_of_this_one()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        Directory.CreateDirectory(world.AttemptDirOf(job));
        var stale = new ExitRecord { JobId = job.Id, Attempt = 1, LeaseEpoch = job.Attempt!.Key.LeaseEpoch - 1, Ran = true, EndedAt = DateTimeOffset.UnixEpoch };
        await File.WriteAllBytesAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Exit}", ExitRecordFormat.Encode(stale));

        var adopted = await world.Runner.AdoptAsync(job with { State = JobState.Running }, CancellationToken.None);

        Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_dies_before_it_starts_the_command_costs_the_job_nothing()
    {
        await using var world = new World();
        world.Options = world.Options with { KeeperPath = "/bin/false" };
        await world.RestartDaemonAsync();

        var attempt = await world.StartAsync("true");

        var notRun = Assert.IsType<AttemptEnding.NotRun>(await attempt.Ended);
        Assert.Equal((EndReason.KeeperDied, "its keeper died before it started the job"), (notRun.Reason, notRun.Sentence));
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_was_about_to_start_the_command_may_have_started_it()
    {
        await using var world = new World();
        var job = world.NewJob("true");
        Directory.CreateDirectory(world.AttemptDirOf(job));
        await File.WriteAllTextAsync($"{world.AttemptDirOf(job)}/{AttemptFiles.Facts}", "");

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended);
    }

    [Fact(Timeout = Limit)]
    public async Task A_keeper_that_is_stopped_does_not_keep_its_job_from_being_cancelled()
    {
        using var time = new ManualTime();
        await using var world = new World();
        world.Options = world.Options with { Time = time };
        await world.RestartDaemonAsync();
        var job = world.NewJob("bash", "-c", $"{world.Program} leave append {world.Work}/a 1; echo up; exec {world.Program} ignore-term");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "ignoring");
        Assert.Equal(0, ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Stop));

        attempt.Cancel(TimeSpan.FromSeconds(10));
        await time.TimerInAsync(TimeSpan.FromSeconds(15), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.NotEmpty(world.Processes());
        time.Advance(TimeSpan.FromSeconds(1));
        while (!attempt.Ended.IsCompleted)
        {
            // The lock of the keeper is tried again after a while of this clock.
            await Task.WhenAny(attempt.Ended, time.SomebodyWaitsAsync(CancellationToken.None));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var vanished = Assert.IsType<AttemptEnding.Vanished>(await attempt.Ended);
        Assert.Contains("; what could be found of the job was killed", vanished.Sentence, StringComparison.Ordinal);
        Assert.Empty(world.Processes());
        Assert.Contains(world.Warnings, warning => warning.Sentence.Contains("does not end it", StringComparison.Ordinal));
    }

    /// <summary>The keeper of a job, however far it has got; null when it has ended.</summary>
    private static int? KeeperOf(World world, Job job)
    {
        foreach (var process in ProcessTable.Read())
        {
            if (!process.IsDead && CommandLineOf(process.Pid).StartsWith($"whirr-keeper\0keep\0{world.AttemptDirOf(job)}\0", StringComparison.Ordinal))
            {
                return process.Pid;
            }
        }

        return null;
    }

    private static string CommandLineOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}
