using System.Diagnostics;

namespace Whirr.Tests.Runners;

/// <summary>A cancel of very many processes is quick.</summary>
[Trait("needs", "programs")]
[Collection(AloneCollection.Name)]
public sealed class LargeTreeTests
{
    private const int Limit = 60_000;
    private const int Thousand = 1 + 10 + 100 + 1000;

    [CgroupFact(Timeout = Limit)]
    public Task A_tree_of_a_thousand_processes_in_a_cgroup_ends_within_a_second_of_its_grace() => EndsQuicklyAsync(CgroupFactAttribute.Location.Root);

    [Fact(Timeout = Limit)]
    public Task A_tree_of_a_thousand_processes_without_a_cgroup_ends_within_a_second_of_its_grace() => EndsQuicklyAsync(null);

    /// <summary>What else the machine does can only add to the time: the quickest of some tries counts.</summary>
    private static async Task EndsQuicklyAsync(string? cgroupRoot)
    {
        List<TimeSpan> took = [];
        do
        {
            took.Add(await EndAsync(cgroupRoot));
        }
        while (took.Min() > TimeSpan.FromSeconds(1) && took.Count < 3);

        Assert.True(took.Min() <= TimeSpan.FromSeconds(1), $"it took {string.Join(", ", took)}");
    }

    private static async Task<TimeSpan> EndAsync(string? cgroupRoot)
    {
        await using var world = new World(cgroupRoot: cgroupRoot);
        var job = world.NewJob(world.Program, "bare-tree", "10", "3");
        var attempt = await world.StartAsync(job);
        await world.LogOnceStartedAsync(attempt, job, "grown");
        await Task.Run(() => SpinWait.SpinUntil(() => world.Processes().Count(world.IsOurProgram) >= Thousand, Limit / 2));
        Assert.Equal(Thousand, world.Processes().Count(world.IsOurProgram));
        var asked = Stopwatch.GetTimestamp();

        attempt.Cancel(TimeSpan.Zero);
        await attempt.Ended;

        var took = Stopwatch.GetElapsedTime(asked);
        WholeTreeTests.AssertNothingLeft(world);
        return took;
    }
}
