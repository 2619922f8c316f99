using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Numbers of processes are used again: who has one now need not be who had it when it was written down.</summary>
[Trait("needs", "programs")]
public sealed class ForeignProcessTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task A_stranger_under_the_number_of_a_dead_command_survives()
    {
        await using var world = new World();
        using var stranger = new Stranger();
        var job = world.NewJob("true") with { State = JobState.Running };
        Leave(world, job, stranger, ticks: stranger.StartTicks - 1);

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        Assert.Equal(EndReason.KeeperDied, Assert.IsType<AttemptEnding.Vanished>(await adopted.Ended).Reason);
        Assert.True(stranger.Lives);
    }

    [Fact(Timeout = Limit)]
    public async Task The_command_itself_under_its_number_does_not()
    {
        // The same with the right start time: so the test above fails when nobody compares.
        await using var world = new World();
        using var command = new Stranger();
        var job = world.NewJob("true") with { State = JobState.Running };
        Leave(world, job, command, command.StartTicks);

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);

        await adopted.Ended;
        Assert.False(command.Lives);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stranger_under_the_number_of_a_keeper_that_does_not_answer_survives_the_cancellation()
    {
        using var time = new Engine.ManualTime();
        await using var world = new World();
        world.Options = world.Options with { Time = time };
        await world.RestartDaemonAsync();
        using var stranger = new Stranger();
        var job = world.NewJob("true") with { State = JobState.Running };
        Leave(world, job, stranger, ticks: stranger.StartTicks - 1);
        using var keeper = new SilentKeeper(world.AttemptDirOf(job));

        var adopted = await world.Runner.AdoptAsync(job, CancellationToken.None);
        adopted.Cancel(TimeSpan.FromSeconds(10));
        await time.TimerInAsync(TimeSpan.FromSeconds(15), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(15));
        await keeper.HeardAsync<KeeperMessage.Cancel>();

        // The next word comes after the patience is over: everything in between has been done.
        adopted.Ping();
        await keeper.HeardAsync<KeeperMessage.Ping>();
        Assert.True(stranger.Lives);
        await keeper.DieAsync(adopted);
        Assert.True(stranger.Lives);
    }

    private static void Leave(World world, Job job, Stranger stranger, long ticks)
    {
        Directory.CreateDirectory(world.AttemptDirOf(job));
        var facts = new KeeperFacts
        {
            BootId = Boot.Id,
            KeeperPid = stranger.Pid,
            KeeperStartTicks = ticks,
            CommandPid = stranger.Pid,
            CommandStartTicks = ticks,
        };
        File.WriteAllBytes($"{world.AttemptDirOf(job)}/{AttemptFiles.Facts}", facts.Encode());
    }

    /// <summary>A process that has nothing to do with whirr, and leads a session.</summary>
    private sealed class Stranger : IDisposable
    {
        private readonly Fd _process;

        public Stranger()
        {
            Pid = ChildProcess.Spawn(new SpawnRequest { Path = "/bin/sleep", Arguments = ["sleep", "1000"], NewSession = true });
            _process = Pidfd.TryOpen(Pid)!;
            StartTicks = ProcessStat.TryRead(Pid)!.Value.StartTicks;
        }

        public int Pid { get; }

        public long StartTicks { get; }

        public bool Lives => ProcessStat.TryRead(Pid) is { IsDead: false };

        public void Dispose()
        {
            Pidfd.Send(_process, Signal.Kill);
            Pidfd.Reap(_process);
            _process.Dispose();
        }
    }
}
