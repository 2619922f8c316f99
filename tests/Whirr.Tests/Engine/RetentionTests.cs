using Microsoft.Extensions.Logging.Abstractions;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;
using Whirr.Engine.Retention;

namespace Whirr.Tests.Engine;

public sealed class RetentionTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly Archive _archive = new();
    private readonly Directories _directories = new();
    private readonly ManualTime _time = new();
    private readonly Cleaner _cleaner;
    private RetentionLimits _limits = RetentionLimits.None;

    public RetentionTests() => _cleaner = new Cleaner(_archive, _directories, new JobChanges(), NullLogger<Cleaner>.Instance);

    [Fact]
    public async Task A_dry_run_removes_nothing_and_tells_all()
    {
        _archive.Add(1200);

        var result = await _cleaner.RunAsync(new CleanOrder { DryRun = true, RemoveRuns = true }, CancellationToken.None);

        Assert.Equal((1200, 1200L, 12_000L), (result.JobIds.Count, result.RunDirectories, result.Bytes));
        Assert.Equal(1200, _archive.Jobs.Count);
        Assert.Empty(_directories.Removed);
    }

    [Fact]
    public async Task Records_go_without_directories_unless_asked_for()
    {
        _archive.Add(3);

        var result = await _cleaner.RunAsync(new CleanOrder(), CancellationToken.None);

        Assert.Equal([1, 2, 3], result.JobIds);
        Assert.Empty(_archive.Jobs);
        Assert.Empty(_directories.Removed);
    }

    [Fact]
    public async Task A_job_whose_directory_cannot_be_removed_keeps_its_record_and_one_whose_directory_is_not_its_own_does_not()
    {
        _archive.Add(3);
        _directories.Answers[1] = new RunRemoval(true, 5, "is not removed: Permission denied");
        _directories.Answers[2] = new RunRemoval(false, 0, "is left alone: its meta.json does not name this job");

        var result = await _cleaner.RunAsync(new CleanOrder { RemoveRuns = true }, CancellationToken.None);

        Assert.Equal([2, 3], result.JobIds);
        Assert.Equal((1L, 10L, 2), (result.RunDirectories, result.Bytes, result.Problems.Count));
        Assert.Equal([1], _archive.Jobs.Select(job => job.Id));
    }

    [Fact]
    public async Task Only_the_named_jobs_go()
    {
        _archive.Add(1200);

        var result = await _cleaner.RunAsync(new CleanOrder { Ids = new HashSet<long> { 7, 1100, 5000 } }, CancellationToken.None);

        Assert.Equal([7, 1100], result.JobIds);
        Assert.Equal(1198, _archive.Jobs.Count);
    }

    [Fact]
    public async Task Age_and_count_and_size_are_kept_to()
    {
        _archive.Add(10);
        _time.Advance(Noon.AddMinutes(10) - _time.GetUtcNow());

        await SweepAsync(new RetentionLimits { Age = TimeSpan.FromMinutes(7.5) });
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], _archive.Jobs.Select(job => job.Id));

        await SweepAsync(new RetentionLimits { Count = 5 });
        Assert.Equal([6, 7, 8, 9, 10], _archive.Jobs.Select(job => job.Id));
        Assert.Empty(_directories.Removed);

        await SweepAsync(new RetentionLimits { Bytes = 25, RemoveRuns = true });
        Assert.Equal([9, 10], _archive.Jobs.Select(job => job.Id));
        Assert.Equal([6, 7, 8], _directories.Removed);
    }

    [Fact]
    public async Task Without_limits_nothing_goes()
    {
        _archive.Add(10);
        _time.Advance(Noon.AddYears(100) - _time.GetUtcNow());

        await SweepAsync(RetentionLimits.None);

        Assert.Equal(10, _archive.Jobs.Count);
    }

    [Theory]
    [InlineData(100, "")]
    [InlineData(60, "")]
    [InlineData(59, "1")]
    [InlineData(50, "1")]
    [InlineData(49, "1,2")]
    [InlineData(0, "1,2,3")]
    public void The_oldest_go_until_the_rest_fits(long limit, string gone) =>
        Assert.Equal(gone, string.Join(',', SizeRule.FindOverflow([(1, 10), (2, 20), (3, 30)], limit).Order()));

    public void Dispose()
    {
        _cleaner.Dispose();
        _time.Dispose();
    }

    private async Task SweepAsync(RetentionLimits limits)
    {
        _limits = limits;
        using var sweeper = new RetentionSweeper(_archive, _directories, _cleaner, () => _limits, _time, NullLogger<RetentionSweeper>.Instance);
        await sweeper.RunOnceAsync(CancellationToken.None);
    }

    private sealed class Directories : IRunDirectories
    {
        public Dictionary<long, RunRemoval> Answers { get; } = [];

        public List<long> Removed { get; } = [];

        public Task<RunRemoval> RemoveAsync(Job job, bool measureOnly, CancellationToken cancellation)
        {
            var answer = Answers.GetValueOrDefault(job.Id, new RunRemoval(true, 10, null));
            if (!measureOnly && answer.Problem is null)
            {
                Removed.Add(job.Id);
            }

            return Task.FromResult(answer);
        }
    }

    /// <summary>Ended jobs in memory; the real one has its own tests.</summary>
    private sealed class Archive : IJobArchive
    {
        public List<Job> Jobs { get; } = [];

        /// <summary>Jobs 1 to <paramref name="count"/>, which ended a minute after each other from noon on.</summary>
        public void Add(int count)
        {
            for (var id = 1; id <= count; id++)
            {
                Jobs.Add(new Job
                {
                    Id = id,
                    Owner = new JobOwner(1000, 1000, [], "ada"),
                    State = JobState.Completed,
                    CreatedAt = Noon,
                    FinishedAt = Noon.AddMinutes(id),
                    Settings = new JobSettings
                    {
                        Uid = Guid.CreateVersion7(),
                        Name = "train",
                        CommandArgv = ["true"],
                        Workdir = "/",
                        KillGracePeriod = TimeSpan.Zero,
                        OnLost = OnLost.Stop,
                        OnDaemonLoss = OnDaemonLoss.Keep,
                        MaxAttempts = 1,
                    },
                });
            }
        }

        public Task<IReadOnlyList<Job>> ListEndedAsync(EndedFilter filter, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Job>>([.. Jobs
                .Where(job => !(job.FinishedAt >= filter.EndedBefore))
                .SkipLast(filter.KeepNewest)
                .Where(job => filter.After is not { } after || (job.FinishedAt!.Value, job.Id).CompareTo((after.FinishedAt, after.Id)) > 0)
                .Take(filter.Limit)]);

        public Task<IReadOnlyList<long>> RemoveEndedAsync(IReadOnlyList<long> ids, CancellationToken cancellation)
        {
            Jobs.RemoveAll(job => ids.Contains(job.Id));
            return Task.FromResult(ids);
        }

        public Task<IReadOnlyList<Job>> ListLatestEndedAsync(EndedFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<JobState, long>> CountEndedAsync(EndedFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<Period>> ListWaitsAsync(DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<Attempt>> ListAttemptsAsync(DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<JobEvent>> ListEventsAsync(DateTimeOffset since, IReadOnlyList<JobTrigger> triggers, int max, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<TimeSpan>> ListDurationsAsync(uint ownerUid, string name, int max, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
