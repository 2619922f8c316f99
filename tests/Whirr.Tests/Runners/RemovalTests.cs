using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Runners;

/// <summary>Run directories are removed as their owners, and only what is theirs.</summary>
[Trait("needs", "programs")]
public sealed class RemovalTests
{
    private const int Limit = 60_000;
    private const uint Alice = 64_001;

    [Fact(Timeout = Limit)]
    public async Task A_run_directory_is_removed_with_all_that_is_in_it()
    {
        await using var world = new World();
        var job = await EndedAsync(world, "mkdir -p a/b/c; head -c 100000 /dev/zero > a/b/c/data; ln -s /etc a/etc; touch \"$(printf 'a/\\377')\"; chmod 500 a/b/c");

        var measured = await world.Runner.RemoveAsync(job, measureOnly: true, CancellationToken.None);
        Assert.True(measured.Problem is null, measured.Problem);
        Assert.True(measured is { Existed: true, Bytes: >= 100_000 });
        Assert.True(Directory.Exists(world.RunDirOf(job)));

        var removed = await world.Runner.RemoveAsync(job, measureOnly: false, CancellationToken.None);
        Assert.True(removed is { Existed: true, Problem: null }, removed.Problem);
        Assert.False(Directory.Exists(world.RunDirOf(job)));
        Assert.True(File.Exists("/etc/passwd"));

        Assert.Equal(new RunRemoval(false, 0, null), await world.Runner.RemoveAsync(job, measureOnly: false, CancellationToken.None));
    }

    [Fact(Timeout = Limit)]
    public async Task A_directory_that_tells_of_another_job_or_of_none_is_left_alone()
    {
        await using var world = new World();
        var job = await EndedAsync(world, "touch mine");
        var another = job with { Settings = job.Settings with { Uid = Guid.CreateVersion7() } };

        var refused = await world.Runner.RemoveAsync(another, measureOnly: false, CancellationToken.None);
        Assert.False(refused.Existed);
        Assert.Equal($"{world.RunDirOf(job)} is left alone: its meta.json does not name this job", refused.Problem);

        File.Delete($"{world.RunDirOf(job)}/meta.json");
        refused = await world.Runner.RemoveAsync(job, measureOnly: false, CancellationToken.None);
        Assert.Contains("no meta.json", refused.Problem, StringComparison.Ordinal);
        Assert.True(File.Exists($"{world.RunDirOf(job)}/mine"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_link_in_the_place_of_a_run_directory_is_not_followed()
    {
        await using var world = new World();
        var job = await EndedAsync(world, "touch mine");
        var elsewhere = $"{world.Root}/elsewhere";
        Directory.Move(world.RunDirOf(job), elsewhere);
        File.CreateSymbolicLink(world.RunDirOf(job), elsewhere);

        var refused = await world.Runner.RemoveAsync(job, measureOnly: false, CancellationToken.None);

        Assert.NotNull(refused.Problem is null && !refused.Existed ? "passed over" : refused.Problem);
        Assert.True(File.Exists($"{elsewhere}/mine"));
    }

    [RootFact(Timeout = Limit)]
    public async Task Root_removes_nothing_that_the_owner_could_not()
    {
        await using var world = new World(systemMode: true);
        var job = await EndedAsync(world, "mkdir locked", World.Somebody(Alice));
        var precious = $"{world.RunDirOf(job)}/locked/precious";
        File.WriteAllText(precious, "root's");
        Assert.Equal(0u, Whirr.Linux.Descriptors.Paths.TryStat(null, precious)!.Value.Uid);
        Whirr.Linux.Descriptors.Paths.ChangeOwner(null, $"{world.RunDirOf(job)}/locked", 0, 0);

        var removed = await world.Runner.RemoveAsync(job, measureOnly: false, CancellationToken.None);

        Assert.True(removed.Existed);
        Assert.EndsWith("ermission denied", removed.Problem, StringComparison.Ordinal);
        Assert.True(File.Exists(precious));
        Assert.True(File.Exists($"{world.RunDirOf(job)}/meta.json"), "what is left can still be told to be the job's");
    }

    private static async Task<Job> EndedAsync(World world, string script, JobOwner? owner = null)
    {
        var job = world.NewJob(owner ?? World.Owner(), "sh", "-c", $"cd \"$WHIRR_RUN_DIR\"; {script}");
        Assert.IsType<AttemptEnding.Exited>(await (await world.StartAsync(job)).Ended);
        return job;
    }
}
