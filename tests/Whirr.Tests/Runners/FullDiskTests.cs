using Whirr.Domain.Jobs;
using Whirr.Tests.Storage;

namespace Whirr.Tests.Runners;

/// <summary>Run directories without room: the machine's trouble, not the job's.</summary>
[Trait("needs", "programs")]
public sealed class FullDiskTests
{
    private const int Limit = 30_000;

    [RootFact(Timeout = Limit)]
    public async Task A_full_disk_below_the_run_directory_costs_the_job_nothing_and_is_named()
    {
        using var disk = new SmallFileSystem("64k");
        await File.WriteAllBytesAsync(disk.File("filler"), new byte[60 << 10]);

        await IsNotRunAsync(disk, "No space left on device");
    }

    [RootFact(Timeout = Limit)]
    public async Task A_disk_that_became_read_only_costs_the_job_nothing_and_is_named()
    {
        using var disk = new SmallFileSystem("64k");
        disk.MakeReadOnly();

        await IsNotRunAsync(disk, "Read-only file system");
    }

    private static async Task IsNotRunAsync(SmallFileSystem disk, string problem)
    {
        await using var world = new World();
        var job = world.NewJob("true");
        var attempt = await world.StartAsync(job with { Settings = job.Settings with { RunsDir = disk.File("runs"), ConfigJson = $"\"{new string('x', 8000)}\"" } });

        var notRun = Assert.IsType<AttemptEnding.NotRun>(await attempt.Ended);

        Assert.Equal(EndReason.DiskFull, notRun.Reason);
        Assert.StartsWith($"run directory {disk.File("runs")}/{job.RunId} cannot be made", notRun.Sentence, StringComparison.Ordinal);
        Assert.Contains(problem, notRun.Sentence, StringComparison.Ordinal);
        Assert.True(attempt.Started.IsCanceled);
    }
}
