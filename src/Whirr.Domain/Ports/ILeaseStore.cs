using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Memory of who may execute what, of pauses between attempts, and of whether the queue is held.</summary>
public interface ILeaseStore
{
    /// <summary>Records a sign of life of attempts and lets their nodes go on until <paramref name="expiresAt"/>.</summary>
    /// <returns>One per key, in order.</returns>
    Task<IReadOnlyList<LeaseRenewal>> RenewLeasesAsync(
        IReadOnlyList<AttemptKey> keys, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellation);

    /// <summary>Queued jobs that pause, the soonest to go on first.</summary>
    Task<IReadOnlyList<PausedJob>> ListPausedAsync(int max, CancellationToken cancellation);

    /// <summary>Ends the pause of jobs: they may be claimed. What does not pause any more is passed over.</summary>
    Task EndPausesAsync(IReadOnlyList<long> jobIds, CancellationToken cancellation);

    /// <summary>Changes the time limit of a job; null: none. False: it is not in <paramref name="expected"/>.</summary>
    Task<bool> SetTimeLimitAsync(
        long jobId, JobState expected, TimeSpan? limit, string detail, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Appends an event about a running attempt that keeps its state (stalled, resumed, silent). False: it is not the current attempt.</summary>
    Task<bool> NoteAsync(AttemptKey key, JobState expected, JobTrigger trigger, EndReason reason, string detail, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>All attempts of a job, oldest first.</summary>
    Task<IReadOnlyList<Attempt>> ListAttemptsOfAsync(long jobId, CancellationToken cancellation);

    /// <summary>Who stopped the starting of jobs; null: nobody.</summary>
    Task<QueueHold?> FindHoldAsync(CancellationToken cancellation);

    /// <summary>Stops the starting of jobs, or (null) lets it go on.</summary>
    Task SetHoldAsync(QueueHold? hold, CancellationToken cancellation);
}

/// <summary>What came of a renewal.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="IsHeld">False: it is not the current attempt of a live job any more; whoever executes it must stop, and report nothing.</param>
/// <param name="CancelRequested">Its cancellation was asked for.</param>
public readonly record struct LeaseRenewal(AttemptKey Key, bool IsHeld, bool CancelRequested);

/// <summary>A queued job that pauses between attempts.</summary>
/// <param name="JobId">The job.</param>
/// <param name="EligibleAt">When it may be claimed, by the clock at the end of the attempt before.</param>
/// <param name="Pause">How long the pause is in all: no clock can make it longer.</param>
public readonly record struct PausedJob(long JobId, DateTimeOffset EligibleAt, TimeSpan Pause);

/// <summary>The starting of jobs is stopped; running ones go on.</summary>
/// <param name="By">Who said so.</param>
/// <param name="At">When.</param>
/// <param name="Why">Why; null when nothing was said.</param>
public sealed record QueueHold(string By, DateTimeOffset At, string? Why);
