using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux.Processes;

namespace Whirr.Tests.Runners;

/// <summary>Attempts with a cgroup of their own, where this machine has one to give.</summary>
[Trait("needs", "programs")]
[Collection("cgroups")]
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
    public async Task The_place_for_cgroups_is_made_again_when_somebody_removed_it()
    {
        var place = $"{CgroupFactAttribute.Location.Root}/test-{Environment.ProcessId}";
        Directory.CreateDirectory($"{place}/keepers");
        await using var world = new World(cgroupRoot: place);
        Directory.Delete($"{place}/keepers");
        Directory.Delete(place);
        var job = world.NewJob("sh", "-c", "until grep /keepers$ /proc/$PPID/cgroup; do sleep 0.01; done; cat /proc/self/cgroup");

        Assert.Equal(0, Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended).ExitCode);

        Assert.Contains($"/{job.Id}-1\n", world.LogOf(job), StringComparison.Ordinal);
        Assert.Contains($"/keepers\n", world.LogOf(job), StringComparison.Ordinal);
        await Task.Run(() => SpinWait.SpinUntil(() => File.ReadAllText($"{place}/keepers/cgroup.procs").Length == 0, Limit / 2));
        Directory.Delete($"{place}/keepers");
        Directory.Delete(place);
    }

    [CgroupFact(Timeout = Limit)]
    public async Task A_place_for_cgroups_that_cannot_be_made_costs_the_job_nothing()
    {
        await using var world = new World(cgroupRoot: $"{CgroupFactAttribute.Location.Root}/gone/whirrd");

        var error = await Assert.ThrowsAsync<RunnerException>(() => world.StartAsync("true"));

        Assert.Contains("gone/whirrd", error.Message, StringComparison.Ordinal);
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
        var vanished = Assert.IsType<AttemptEnding.Vanished>(await attempt.Ended);
        Assert.Contains("; what was left of the job was killed", vanished.Sentence, StringComparison.Ordinal);

        var size = new FileInfo(file).Length;
        Assert.DoesNotContain(ProcessTable.Read(), world.IsOurProgram);
        Assert.Equal(size, new FileInfo(file).Length);
    }
}
