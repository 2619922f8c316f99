using Whirr.Domain.Jobs;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Whatever a process does to be left behind, it ends with its job: with a cgroup and without.</summary>
[Trait("needs", "programs")]
public abstract class WholeTreeTests
{
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

    internal static void AssertNothingLeft(World world)
    {
        Assert.Empty(world.Processes());
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
        Assert.Empty(world.Warnings);
    }
}
