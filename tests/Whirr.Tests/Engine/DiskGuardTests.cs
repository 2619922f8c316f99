using Microsoft.Extensions.Logging.Abstractions;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Disk;

namespace Whirr.Tests.Engine;

public sealed class DiskGuardTests
{
    private const long GiB = 1L << 30;

    [Theory]
    [InlineData(1000, 1.5, DiskLevel.Enough, DiskLevel.Warn)]
    [InlineData(1000, 2.5, DiskLevel.Enough, DiskLevel.Enough)]
    [InlineData(1000, 0.5, DiskLevel.Enough, DiskLevel.Low)]
    [InlineData(1000, 1.05, DiskLevel.Low, DiskLevel.Low)]
    [InlineData(1000, 1.2, DiskLevel.Low, DiskLevel.Warn)]
    [InlineData(10, 0.6, DiskLevel.Enough, DiskLevel.Warn)]
    [InlineData(10, 0.4, DiskLevel.Enough, DiskLevel.Low)]
    public void A_disk_is_low_below_what_must_stay_free_until_there_is_a_tenth_more(double total, double free, DiskLevel before, DiskLevel expected) =>
        Assert.Equal(expected, DiskRules.Decide(new DiskSpace(1, (long)(free * GiB), (long)(total * GiB)), GiB, before));

    [Fact]
    public void With_nothing_to_stay_free_no_disk_is_ever_low() =>
        Assert.Equal(DiskLevel.Enough, DiskRules.Decide(new DiskSpace(1, 0, GiB), 0, DiskLevel.Low));

    [Fact(Timeout = 30_000)]
    public async Task Jobs_that_would_write_to_a_full_disk_wait_the_others_run_and_all_heals_by_itself()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var disks = new Disks { ["/full/runs"] = GiB / 2 };
        using var guard = Guard(engine, disks);
        var blocked = await engine.SubmitAsync(settings => settings with { RunsDir = "/full/runs", Priority = 5 });
        var other = await engine.SubmitAsync();
        await guard.RunOnceAsync(engine.Limit);
        engine.Live.Slots = 1;
        await engine.SubmitAsync();

        var running = await engine.NextAttemptAsync();
        Assert.Equal(other, running.Key.JobId);
        Assert.Contains("min_free_space", engine.Holds.WhyNot("/full/runs"), StringComparison.Ordinal);
        Assert.Null(engine.Holds.WhyNot(null));
        Assert.Contains("/full/runs has 512 MiB free", Assert.Single(engine.Troubles.Current), StringComparison.Ordinal);

        disks["/full/runs"] = 3 * GiB;
        await guard.RunOnceAsync(engine.Limit);
        running.Exit(0, engine.Time.GetUtcNow());
        Assert.Equal(blocked, (await engine.NextAttemptAsync()).Key.JobId);
        Assert.Empty(engine.Troubles.Current);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_full_disk_of_the_daemon_holds_everything_and_tells_each_attempt_there_to_spare_its_log()
    {
        await using var engine = await EngineFixture.StartAsync();
        var disks = new Disks();
        using var guard = Guard(engine, disks);
        await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(attempt.Key.JobId, JobState.Running);
        await guard.RunOnceAsync(engine.Limit);
        Assert.Null(attempt.LowSpace);

        (disks["/state"], disks["/runs"]) = (0, 0);
        await guard.RunOnceAsync(engine.Limit);
        Assert.True(attempt.LowSpace);
        Assert.True(engine.Holds.StopAll);
        await engine.SubmitAsync();
        Assert.True(engine.Runner.IsQuiet);

        (disks["/state"], disks["/runs"]) = (3 * GiB, 3 * GiB);
        await guard.RunOnceAsync(engine.Limit);
        Assert.False(attempt.LowSpace);
        await engine.NextAttemptAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_system_that_hangs_holds_up_nobody()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var disks = new Disks { Hanging = "/hung" };
        using var guard = Guard(engine, disks);
        await engine.SubmitAsync(settings => settings with { RunsDir = "/hung" });
        var look = guard.RunOnceAsync(engine.Limit);
        await engine.Time.TimerInAsync(TimeSpan.FromSeconds(2), engine.Limit);
        engine.Time.Advance(TimeSpan.FromSeconds(2));
        await look;

        Assert.Null(engine.Holds.WhyNot("/hung"));
    }

    private static DiskGuard Guard(EngineFixture engine, IDiskSpace disks) => new(
        engine.Store, engine.Live, engine.Holds, engine.Troubles, engine.Changes, disks, engine.Options, () => new DiskSettings(GiB), engine.Time, NullLogger<DiskGuard>.Instance);

    /// <summary>A disk of 1 TiB for each directory, half empty unless the test says how much is free.</summary>
    private sealed class Disks : Dictionary<string, long>, IDiskSpace
    {
        public string? Hanging { get; init; }

        public Task<DiskSpace?> MeasureAsync(JobOwner? user, string path) => path == Hanging
            ? new TaskCompletionSource<DiskSpace?>().Task
            : Task.FromResult<DiskSpace?>(new DiskSpace((ulong)path.GetHashCode(StringComparison.Ordinal), this.GetValueOrDefault(path, 512 * GiB), 1024 * GiB));
    }
}
