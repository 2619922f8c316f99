using Whirr.Domain.Jobs;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Attempts with a cgroup of their own, where this machine has one to give.</summary>
[Trait("needs", "programs")]
public sealed class CgroupTests
{
    private const int Limit = 60_000;

    [CgroupFact(Timeout = Limit)]
    public async Task An_attempt_has_a_leaf_that_is_removed_with_it()
    {
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var job = world.NewJob("cat", "/proc/self/cgroup");

        await (await world.StartAsync(job)).Ended;

        Assert.Contains($"/{job.Id}-1\n", world.LogOf(job), StringComparison.Ordinal);
        Assert.False(Directory.Exists($"{CgroupFactAttribute.Location.Root}/{job.Id}-1"));
        Assert.Empty(world.Warnings);
    }

    [CgroupFact(Timeout = Limit)]
    public async Task A_process_that_hides_from_everything_else_dies_with_a_killed_keeper()
    {
        // A session of its own, no environment, its parents dead: only the cgroup tells whose it is.
        await using var world = new World(cgroupRoot: CgroupFactAttribute.Location.Root);
        var file = $"{world.Work}/file";
        var job = world.NewJob(
            "bash", "-c", $"{world.Program} hidden in-session leave append {file} 1; until [ -s {file} ]; do sleep 0.01; done; echo up; exec sleep 1000");
        var attempt = await world.StartAsync(job);
        await attempt.Started;
        await world.LogWithAsync(job, "up");

        Assert.Equal(0, ChildProcess.Send(world.FactsOf(job).KeeperPid, Signal.Kill));
        Assert.IsType<AttemptEnding.Vanished>(await attempt.Ended);

        var size = new FileInfo(file).Length;
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
        Assert.Equal(size, new FileInfo(file).Length);
    }
}
