using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>The memory of the queue. A call that returns has been made durable: it survives a power cut.</summary>
/// <remarks>
/// The store compares and counts, it decides nothing: each change names the state it expects, the state it leads to (from
/// <see cref="JobTransitions"/>) and, where an attempt is concerned, the lease epoch. When the job is not as expected nothing changes
/// and the call says so. Every change appends its event in the same transaction. One conformance suite holds for every store.
/// Failures of the storage itself are thrown as <see cref="StoreException"/>.
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>Version of the schema in use.</summary>
    int SchemaVersion { get; }

    /// <summary>Adds jobs: all of them or none, also when one is <see cref="StoreFault.Rejected"/> or
    /// a <see cref="StoreFault.Conflict"/>. A job whose uid or client id the same
    /// owner has used before is not added again.</summary>
    /// <returns>One per job, in order. Within one call too, a repeated uid or client id yields the first job.</returns>
    Task<IReadOnlyList<AddedJob>> AddAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellation);

    /// <summary>Takes up to <paramref name="max"/> queued jobs in dispatch order (priority descending, created_at, id), makes an attempt
    /// with a fresh lease epoch for each, and moves them by <see cref="JobTrigger.Claimed"/>. No job is ever given to two callers.</summary>
    Task<IReadOnlyList<ClaimedJob>> ClaimAsync(string node, int max, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>As the other, but passes over the jobs that <paramref name="exceptions"/> names.</summary>
    Task<IReadOnlyList<ClaimedJob>> ClaimAsync(
        string node, int max, ClaimExceptions exceptions, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Records that the command of an attempt runs. False: the attempt is not the current one any more, or not starting.</summary>
    Task<bool> MarkStartedAsync(AttemptKey key, AttemptStart start, CancellationToken cancellation);

    /// <summary>Ends an attempt and moves its job. False: the attempt is not the current one any more, or the job is not in
    /// <see cref="AttemptEnd.From"/>.</summary>
    Task<bool> EndAttemptAsync(AttemptEnd ended, CancellationToken cancellation);

    /// <summary>Ends a job that has no live attempt, e.g. cancels a queued one. False: it is not in <see cref="JobEnd.From"/>.</summary>
    Task<bool> EndJobAsync(long jobId, JobEnd ended, CancellationToken cancellation);

    /// <summary>Ends all jobs in <see cref="JobEnd.From"/>, of one owner or (null) of everybody, as <see cref="EndJobAsync"/> does.</summary>
    /// <returns>The ids of the jobs ended.</returns>
    Task<IReadOnlyList<long>> EndJobsAsync(uint? ownerUid, JobEnd ended, CancellationToken cancellation);

    /// <summary>Records that a live job is to be ended, and why. False: it is not in <paramref name="expected"/>. A second request
    /// changes nothing and returns true.</summary>
    Task<bool> RequestCancelAsync(long jobId, JobState expected, string detail, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>One job; null when there is none.</summary>
    Task<Job?> FindAsync(long jobId, CancellationToken cancellation);

    /// <summary>The environment a job was submitted with: NUL-ended <c>NAME=value</c> entries; null when there is no such job.</summary>
    Task<byte[]?> FindEnvironmentAsync(long jobId, CancellationToken cancellation);

    /// <summary>A page of jobs.</summary>
    Task<IReadOnlyList<Job>> ListAsync(JobFilter filter, CancellationToken cancellation);

    /// <summary>All jobs in allocated, starting or running, by id.</summary>
    Task<IReadOnlyList<Job>> ListLiveAsync(CancellationToken cancellation);

    /// <summary>The events of a job after <paramref name="afterSeq"/>, oldest first, at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(long jobId, long afterSeq, int max, CancellationToken cancellation);

    /// <summary>How many jobs are in each state; states without jobs may be missing.</summary>
    Task<IReadOnlyDictionary<JobState, long>> CountAsync(CancellationToken cancellation);
}

/// <summary>A job to be added.</summary>
/// <param name="Settings">What to run.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Environment">NUL-ended <c>NAME=value</c> entries; jobs with equal environments share one copy in the store.</param>
/// <param name="CreatedAt">When it was submitted.</param>
public sealed record NewJob(JobSettings Settings, JobOwner Owner, ReadOnlyMemory<byte> Environment, DateTimeOffset CreatedAt);

/// <summary>A job that was added, or that was there already.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Existed">True: an earlier submit with the same uid or client id made it.</param>
public readonly record struct AddedJob(long Id, bool Existed);

/// <summary>A job with its new attempt, and what the attempt needs to start.</summary>
/// <param name="Job">The job after the claim; its <see cref="Job.Attempt"/> is the new one.</param>
/// <param name="Environment">NUL-ended <c>NAME=value</c> entries.</param>
public sealed record ClaimedJob(Job Job, ReadOnlyMemory<byte> Environment);

/// <summary>Queued jobs that are not to be claimed now, whatever their place in the queue is.</summary>
public sealed record ClaimExceptions
{
    public static readonly ClaimExceptions None = new();

    /// <summary>The jobs of these users.</summary>
    public IReadOnlyList<uint> OwnerUids { get; init; } = [];

    /// <summary>The jobs whose run directories go here, as <see cref="JobSettings.RunsDir"/> names it; empty text: the daemon's own.</summary>
    public IReadOnlyList<string> RunsDirs { get; init; } = [];

    public bool IsEmpty => OwnerUids.Count == 0 && RunsDirs.Count == 0;
}

/// <summary>The end of an attempt and what it does to its job.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="From">The state the job is expected in.</param>
/// <param name="Ending">How the attempt ended.</param>
/// <param name="Verdict">What that means for the job.</param>
/// <param name="To">The state the job goes to; from the transition table.</param>
public sealed record AttemptEnd(AttemptKey Key, JobState From, AttemptEnding Ending, AttemptVerdict Verdict, JobState To);

/// <summary>The end of a job that has no live attempt.</summary>
/// <param name="From">The state it is expected in.</param>
/// <param name="Trigger">What happened.</param>
/// <param name="To">The state it goes to; from the transition table.</param>
/// <param name="Reason">Who ended it.</param>
/// <param name="Detail">The same in a sentence.</param>
/// <param name="At">When.</param>
public sealed record JobEnd(JobState From, JobTrigger Trigger, JobState To, EndReason Reason, string? Detail, DateTimeOffset At);

/// <summary>Which jobs to list.</summary>
public sealed record JobFilter
{
    /// <summary>Any of these; empty for all.</summary>
    public IReadOnlyList<JobState> States { get; init; } = [];

    public uint? OwnerUid { get; init; }

    /// <summary>Login name of the owner, when it is not known as a number.</summary>
    public string? OwnerName { get; init; }

    /// <summary>All of these.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Text within the name; ASCII case is ignored.</summary>
    public string? NameContains { get; init; }

    public JobOrder Order { get; init; } = JobOrder.NewestFirst;

    /// <summary>At most this many.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The last job of the page before; null for the first page.</summary>
    public JobCursor? After { get; init; }
}

/// <summary>Orders of a list.</summary>
public enum JobOrder
{
    /// <summary>Id descending.</summary>
    NewestFirst,

    /// <summary>Priority descending, created_at, id.</summary>
    Queue,

    /// <summary>Id ascending.</summary>
    OldestFirst,
}

/// <summary>A place in a list.</summary>
public sealed record JobCursor(long Id, int Priority, DateTimeOffset CreatedAt);

/// <summary>The store could not do its work.</summary>
public sealed class StoreException : Exception
{
    public StoreException(StoreFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What kind of trouble.</summary>
    public StoreFault Fault { get; }
}

/// <summary>Kinds of trouble with a store.</summary>
public enum StoreFault
{
    /// <summary>No space left, or a quota is used up.</summary>
    Full,

    /// <summary>The file is not a database, or is damaged.</summary>
    Corrupt,

    /// <summary>The database was written by a newer whirrd.</summary>
    Newer,

    /// <summary>Another daemon has it.</summary>
    InUse,

    /// <summary>It cannot be written: permissions, or a read-only file system.</summary>
    ReadOnly,

    /// <summary>A row breaks a rule of the store, e.g. a parent job that does not exist: an error of the caller.</summary>
    Rejected,

    /// <summary>A client id that the owner has given to a different job.</summary>
    Conflict,

    /// <summary>Another failure of input or output.</summary>
    Io,
}
