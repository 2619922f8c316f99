using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Ended jobs, for looking back and for tidying up.</summary>
public interface IJobArchive
{
    /// <summary>Ended jobs, oldest end first.</summary>
    Task<IReadOnlyList<Job>> ListEndedAsync(EndedFilter filter, CancellationToken cancellation);

    /// <summary>Ended jobs, latest end first. Of the filter, <see cref="EndedFilter.After"/> and <see cref="EndedFilter.KeepNewest"/> do not matter.</summary>
    Task<IReadOnlyList<Job>> ListLatestEndedAsync(EndedFilter filter, CancellationToken cancellation);

    /// <summary>How many jobs of each ended state there are; its limit does not matter either.</summary>
    Task<IReadOnlyDictionary<JobState, long>> CountEndedAsync(EndedFilter filter, CancellationToken cancellation);

    /// <summary>Removes ended jobs with their attempts and events. What is not ended, or a parent of a job that stays, keeps its place or
    /// loses only the reference; ids are never used again.</summary>
    /// <returns>The ids that were removed.</returns>
    Task<IReadOnlyList<long>> RemoveEndedAsync(IReadOnlyList<long> ids, CancellationToken cancellation);

    /// <summary>Attempts that overlap with the time from <paramref name="since"/> on, oldest start first.</summary>
    Task<IReadOnlyList<Attempt>> ListAttemptsAsync(DateTimeOffset since, CancellationToken cancellation);

    /// <summary>How long jobs waited for their first attempt, where that overlaps with the time from <paramref name="since"/> on.</summary>
    Task<IReadOnlyList<Period>> ListWaitsAsync(DateTimeOffset since, CancellationToken cancellation);

    /// <summary>Events of the given kinds since a time, oldest first.</summary>
    Task<IReadOnlyList<JobEvent>> ListEventsAsync(DateTimeOffset since, IReadOnlyList<JobTrigger> triggers, int max, CancellationToken cancellation);

    /// <summary>How long completed jobs of this owner and name ran, newest first.</summary>
    Task<IReadOnlyList<TimeSpan>> ListDurationsAsync(uint ownerUid, string name, int max, CancellationToken cancellation);
}

/// <summary>Which ended jobs.</summary>
public sealed record EndedFilter
{
    /// <summary>Any of these ended states; empty: all of them.</summary>
    public IReadOnlyList<JobState> States { get; init; } = [];

    public uint? OwnerUid { get; init; }

    /// <summary>Login name of the owner, when it is not known as a number.</summary>
    public string? OwnerName { get; init; }

    /// <summary>Ended before this.</summary>
    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Ended at or after this.</summary>
    public DateTimeOffset? EndedSince { get; init; }

    /// <summary>At most this many.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The last job of the page before; null for the first page.</summary>
    public EndedCursor? After { get; init; }

    /// <summary>Leave out the newest this many of those that match.</summary>
    public int KeepNewest { get; init; }
}

/// <summary>A place in a list of ended jobs.</summary>
/// <param name="FinishedAt">When the job ended.</param>
/// <param name="Id">Which it is.</param>
public sealed record EndedCursor(DateTimeOffset FinishedAt, long Id);
