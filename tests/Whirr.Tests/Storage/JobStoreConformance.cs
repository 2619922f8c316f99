using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

/// <summary>What every store must do. A store passes by deriving from this and saying how it is opened.</summary>
public abstract partial class JobStoreConformance : IAsyncLifetime
{
    protected const int TimeLimit = 30_000;

    /// <summary>A moment that a store of milliseconds can hold.</summary>
    protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    protected static readonly JobOwner Ada = new(1000, 1001, [4, 24, 1001], "ada");
    protected static readonly JobOwner Bob = new(2000, 2000, [], "bob");

    private IJobStore? _store;

    protected IJobStore Store => _store ?? throw new InvalidOperationException("the store is not open");

    protected static CancellationToken None => CancellationToken.None;

    public static TheoryData<JobState> States => [.. JobStates.All];

    public async Task InitializeAsync() => _store = await OpenAsync();

    public async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens the store of this test: empty at first, later with what was in it.</summary>
    protected abstract Task<IJobStore> OpenAsync();

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync();
    }

    protected static JobSettings Settings(string name = "job") => new()
    {
        Uid = Guid.CreateVersion7(),
        Name = name,
        CommandArgv = ["/bin/true"],
        Workdir = "/home/ada",
        KillGracePeriod = TimeSpan.FromSeconds(10),
        OnLost = OnLost.Requeue,
        OnDaemonLoss = OnDaemonLoss.Keep,
        MaxAttempts = 3,
    };

    protected static NewJob NewJob(JobSettings? settings = null, JobOwner? owner = null, string environment = "A=1\0", DateTimeOffset? at = null) =>
        new(settings ?? Settings(), owner ?? Ada, System.Text.Encoding.UTF8.GetBytes(environment), at ?? Noon);

    protected async Task<long> AddAsync(JobSettings? settings = null, JobOwner? owner = null, DateTimeOffset? at = null) =>
        (await Store.AddAsync([NewJob(settings, owner, at: at)], None))[0].Id;

    protected async Task<Job> FindAsync(long id) =>
        await Store.FindAsync(id, None) ?? throw new InvalidOperationException($"there is no job {id}");

    protected async Task<Job> ClaimOneAsync() => Assert.Single(await Store.ClaimAsync("here", 1, Noon.AddSeconds(1), None)).Job;

    protected Task<bool> StartAsync(Job job) =>
        Store.MarkStartedAsync(KeyOf(job), new AttemptStart(4711, "/runs/job", Noon.AddSeconds(2), LogOffset: 77), None);

    /// <summary>The key of the current attempt; for a job without one, a key that fits nothing.</summary>
    protected static AttemptKey KeyOf(Job job) => job.Attempt?.Key ?? new AttemptKey(job.Id, 0, 0);

    /// <summary>A job that is the only one in the queue, brought to <paramref name="state"/> the way a daemon would.</summary>
    protected async Task<Job> JobInAsync(JobState state)
    {
        var id = await AddAsync();
        switch (state)
        {
            case JobState.Queued:
                break;
            case JobState.Allocated:
                // Nothing allocates yet; this is the one change whose target the caller names freely.
                var allocated = new JobEnd(JobState.Queued, JobTrigger.Allocated, JobState.Allocated, EndReason.None, null, Noon);
                Assert.True(await Store.EndJobAsync(id, allocated, None));
                break;
            case JobState.Starting:
                await ClaimOneAsync();
                break;
            case JobState.Running:
                Assert.True(await StartAsync(await ClaimOneAsync()));
                break;
            default:
                Assert.True(await StartAsync(await ClaimOneAsync()));
                Assert.True(await Store.EndAttemptAsync(EndOf(await FindAsync(id), JobState.Running, state), None));
                break;
        }

        var job = await FindAsync(id);
        Assert.Equal(state, job.State);
        return job;
    }

    /// <summary>An end of the current attempt of <paramref name="job"/> that takes it to <paramref name="to"/>.</summary>
    protected static AttemptEnd EndOf(Job job, JobState from, JobState to)
    {
        AttemptEnding exited = new AttemptEnding.Exited(to == JobState.Completed ? 0 : 3, 0, EndedBy.Itself)
        {
            EndedAt = Noon.AddSeconds(9),
            Usage = new AttemptUsage(5 << 20, TimeSpan.FromMicroseconds(1_234_567)),
        };
        var verdict = to switch
        {
            JobState.Completed => new AttemptVerdict(JobTrigger.Completed, EndReason.None, null, EndReason.None),
            JobState.Failed => new(JobTrigger.Failed, EndReason.ExitCode, "the command exited with code 3", EndReason.ExitCode),
            JobState.Cancelled => new(JobTrigger.Cancelled, EndReason.CancelledByUser, "cancelled by ada", EndReason.CancelledByUser),
            JobState.Lost => new(JobTrigger.Lost, EndReason.MaxAttempts, "that was attempt 3 of 3", EndReason.KeeperDied),
            JobState.Queued => new(JobTrigger.Requeued, EndReason.KeeperDied, "its keeper died", EndReason.KeeperDied),
            _ => throw new ArgumentOutOfRangeException(nameof(to), to, "no attempt ends there"),
        };
        return new AttemptEnd(KeyOf(job), from, exited, verdict, to);
    }

    protected static JobEnd CancelFrom(JobState from) =>
        new(from, JobTrigger.Cancelled, JobState.Cancelled, EndReason.CancelledByUser, "cancelled by ada", Noon.AddSeconds(5));

    protected async Task<IReadOnlyList<JobEvent>> EventsAsync(long id) => await Store.EventsAsync(id, 0, 1000, None);

    /// <summary>Everything that can be read about a job, to be compared as a whole.</summary>
    protected async Task<string> PictureAsync(long id) =>
        JsonSerializer.Serialize(new { Job = await FindAsync(id), Events = await EventsAsync(id), Counts = await CountsAsync() });

    /// <summary>The counts by state, after checking that they are those of the jobs that are there.</summary>
    protected async Task<SortedDictionary<JobState, long>> CountsAsync()
    {
        var counts = await Store.CountAsync(None);
        var jobs = await Store.ListAsync(new JobFilter { Limit = int.MaxValue }, None);
        var counted = new SortedDictionary<JobState, long>(jobs.GroupBy(job => job.State).ToDictionary(group => group.Key, group => (long)group.Count()));
        Assert.Equal(counted, new SortedDictionary<JobState, long>(counts.Where(count => count.Value != 0).ToDictionary()));
        return counted;
    }
}
