using System.Diagnostics;
using Whirr.Domain.Jobs;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Whatever a process does to be left behind, it ends with its job: with a cgroup and without.</summary>
[Trait("needs", "programs")]
public abstract class WholeTreeTests
{
    private const int Limit = 60_000;
    private const int Thousand = 1 + 10 + 100 + 1000;

    /// <summary>Where attempts get cgroups; null: they get none.</summary>
    protected abstract string? CgroupRoot { get; }

    private protected async Task EndsWithItsJobAsync(params string[] command)
    {
        await using var world = new World(cgroupRoot: CgroupRoot);
        var job = world.NewJob([.. command.Select(word => word.Replace("PROGRAM", world.Program, StringComparison.Ordinal))]);

        var exited = Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);

        Assert.Equal((0, EndedBy.Itself), (exited.ExitCode, exited.By));
        AssertNothingLeft(world);
    }

    private protected async Task EndsWithCancelAsync(string ready, params string[] command)
    {
        await using var world = new World(cgroupRoot: CgroupRoot);
        var job = world.NewJob([.. command.Select(word => word.Replace("PROGRAM", world.Program, StringComparison.Ordinal))]);
        var attempt = await world.StartAsync(job);
        await world.LogOnceStartedAsync(attempt, job, ready);

        attempt.Cancel(TimeSpan.FromMilliseconds(50));

        Assert.Equal(EndedBy.Cancel, Assert.IsType<AttemptEnding.Exited>(await attempt.Ended).By);
        AssertNothingLeft(world);
    }

    private protected async Task AThousandEndQuicklyAsync()
    {
        await using var world = new World(cgroupRoot: CgroupRoot);
        var job = world.NewJob(world.Program, "bare-tree", "10", "3");
        var attempt = await world.StartAsync(job);
        await world.LogOnceStartedAsync(attempt, job, "grown");
        await Task.Run(() => SpinWait.SpinUntil(() => world.Processes().Count(world.IsOurProgram) >= Thousand, Limit / 2));
        Assert.Equal(Thousand, world.Processes().Count(world.IsOurProgram));
        var asked = Stopwatch.GetTimestamp();

        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;

        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        AssertNothingLeft(world);
    }

    private static void AssertNothingLeft(World world)
    {
        Assert.Empty(world.Processes());
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
        Assert.Empty(world.Warnings);
    }
}
