using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;

namespace Whirr.Domain.Ports;

/// <summary>An index over run directories. The files are the truth: what is here can be made anew from them.</summary>
/// <remarks>For a job of the same store and owner (the uid tells), what the queue says of its state, reason, exit code and times stands in the
/// place of what its records say. One conformance suite holds for every store. Failures are thrown as <see cref="StoreException"/>.</remarks>
public interface IRunIndex
{
    /// <summary>The directories of runs that users named or had jobs in, of one user or (null) of everybody. An empty path stands for the daemon's own.</summary>
    Task<IReadOnlyList<RunRoot>> ListRootsAsync(uint? ownerUid, CancellationToken cancellation);

    /// <summary>Remembers directories of runs for a user; what is known already gets the newer groups and name.</summary>
    Task AddRootsAsync(IReadOnlyList<RunRoot> roots, CancellationToken cancellation);

    /// <summary>The directories in which the index has runs of a user.</summary>
    Task<IReadOnlyList<string>> ListIndexedRootsAsync(uint ownerUid, CancellationToken cancellation);

    /// <summary>What the index knows of the runs of a user in a directory, to tell what has changed.</summary>
    Task<IReadOnlyList<KnownRun>> ListKnownAsync(uint ownerUid, string root, CancellationToken cancellation);

    /// <summary>Puts runs into the index, in the place of what was there, and takes runs out.</summary>
    Task ChangeRunsAsync(uint ownerUid, string root, IReadOnlyList<FoundRun> found, IReadOnlyList<string> gone, CancellationToken cancellation);

    /// <summary>Takes all runs out, of one user or (null) of everybody. The directories stay known.</summary>
    Task ForgetRunsAsync(uint? ownerUid, CancellationToken cancellation);

    /// <summary>A page of runs.</summary>
    Task<RunPage> ListRunsAsync(RunQuery query, CancellationToken cancellation);

    /// <summary>Runs whose id begins with <paramref name="idBegin"/>, those whose whole id it is first; at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<RunEntry>> FindRunsAsync(uint? ownerUid, string idBegin, int max, CancellationToken cancellation);

    /// <summary>How many runs there are, of one user or (null) of everybody.</summary>
    Task<long> CountRunsAsync(uint? ownerUid, CancellationToken cancellation);
}

/// <summary>A directory of runs.</summary>
/// <param name="Owner">Whose runs, and with whose rights they are looked at.</param>
/// <param name="Path">Absolute; empty: the daemon's own for that user.</param>
public sealed record RunRoot(JobOwner Owner, string Path);

/// <summary>A run as the index has it.</summary>
/// <param name="RunId">Name of its directory.</param>
/// <param name="Stamp">Tells whether its files are as they were read.</param>
/// <param name="State">By its records alone.</param>
/// <param name="Unended">Its records name no end, so its process has to be looked for each time. Null: they do.</param>
public sealed record KnownRun(string RunId, string Stamp, JobState State, UnendedRun? Unended);

/// <summary>What tells whether an unended run lives.</summary>
/// <param name="Hostname">The machine that it is on.</param>
/// <param name="IsJob">It belongs to a queue.</param>
public sealed record UnendedRun(string Hostname, bool IsJob);

/// <summary>A run as its files are.</summary>
/// <param name="Entry">What they say.</param>
/// <param name="Stamp">Tells later whether they have changed.</param>
/// <param name="IsUnended">They name no end.</param>
public sealed record FoundRun(RunEntry Entry, string Stamp, bool IsUnended);
