namespace Whirr.Tests.Runners;

/// <summary>What attempts used is recorded, of all their processes.</summary>
[Trait("needs", "programs")]
public sealed class UsageTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task Processor_time_of_orphans_counts_too()
    {
        await using var world = new World();

        var exited = await (await world.StartAsync(
            "bash", "-c", "bash -c '(for i in $(seq 200000); do :; done; touch done) &'; until [ -e done ]; do sleep 0.01; done")).Ended;

        Assert.InRange(exited.Usage.CpuTime, TimeSpan.FromMilliseconds(40), TimeSpan.FromSeconds(30));
    }

    [DiskFact(Timeout = Limit)]
    public async Task What_was_written_is_counted()
    {
        const int Written = 8 << 20;
        await using var world = new World();

        var exited = await (await world.StartAsync("dd", "if=/dev/zero", "of=file", "bs=1M", "count=8", "conv=fsync")).Ended;

        Assert.InRange(exited.Usage.WrittenBytes, Written, 2 * Written);
    }

    /// <summary>A test that writes to a disk.</summary>
    private sealed class DiskFactAttribute : FactAttribute
    {
        public DiskFactAttribute()
        {
            if (new DriveInfo(Path.GetTempPath()).DriveFormat == "tmpfs")
            {
                Skip = $"writes to a disk, and {Path.GetTempPath()} is in memory";
            }
        }
    }
}
