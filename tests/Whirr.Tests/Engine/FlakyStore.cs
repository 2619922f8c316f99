using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

/// <summary>A store whose disk is full when the test says so.</summary>
internal sealed class FlakyStore(IJobStore inner) : IJobStore
{
    private int _failures;

    public int SchemaVersion => inner.SchemaVersion;

    /// <summary>Makes the next ends of attempts fail.</summary>
    public void FailEnds(int times) => Volatile.Write(ref _failures, times);

    public Task<bool> EndAttemptAsync(AttemptEnd ended, CancellationToken cancellation) =>
        Interlocked.Decrement(ref _failures) >= 0
            ? Task.FromException<bool>(new StoreException(StoreFault.Full, "no space left"))
            : inner.EndAttemptAsync(ended, cancellation);

    public Task<IReadOnlyList<AddedJob>> AddAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellation) => inner.AddAsync(jobs, cancellation);

    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(string node, int max, DateTimeOffset now, CancellationToken cancellation) =>
        inner.ClaimAsync(node, max, now, cancellation);

    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(
        string node, int max, ClaimExceptions exceptions, DateTimeOffset now, CancellationToken cancellation) =>
        inner.ClaimAsync(node, max, exceptions, now, cancellation);

    public Task<bool> MarkStartedAsync(AttemptKey key, AttemptStart start, CancellationToken cancellation) =>
        inner.MarkStartedAsync(key, start, cancellation);

    public Task<bool> EndJobAsync(long jobId, JobEnd ended, CancellationToken cancellation) => inner.EndJobAsync(jobId, ended, cancellation);

    public Task<IReadOnlyList<long>> EndJobsAsync(uint? ownerUid, JobEnd ended, CancellationToken cancellation) => inner.EndJobsAsync(ownerUid, ended, cancellation);

    public Task<bool> RequestCancelAsync(long jobId, JobState expected, string detail, DateTimeOffset now, CancellationToken cancellation) =>
        inner.RequestCancelAsync(jobId, expected, detail, now, cancellation);

    public Task<Job?> FindAsync(long jobId, CancellationToken cancellation) => inner.FindAsync(jobId, cancellation);

    public Task<byte[]?> FindEnvironmentAsync(long jobId, CancellationToken cancellation) => inner.FindEnvironmentAsync(jobId, cancellation);

    public Task<IReadOnlyList<Job>> ListAsync(JobFilter filter, CancellationToken cancellation) => inner.ListAsync(filter, cancellation);

    public Task<IReadOnlyList<Job>> ListLiveAsync(CancellationToken cancellation) => inner.ListLiveAsync(cancellation);

    public Task<IReadOnlyList<JobEvent>> EventsAsync(long jobId, long afterSeq, int max, CancellationToken cancellation) =>
        inner.EventsAsync(jobId, afterSeq, max, cancellation);

    public Task<IReadOnlyDictionary<JobState, long>> CountAsync(CancellationToken cancellation) => inner.CountAsync(cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
