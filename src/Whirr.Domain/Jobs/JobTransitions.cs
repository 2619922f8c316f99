using static Whirr.Domain.Jobs.JobState;
using static Whirr.Domain.Jobs.JobTrigger;

namespace Whirr.Domain.Jobs;

/// <summary>One legal change of a job's state.</summary>
public sealed record JobTransition(JobState From, JobTrigger On, JobState To);

/// <summary>The only place that decides which change of a job's state is legal. Everything else raises triggers.</summary>
/// <remarks>
/// A trigger that is missing from a state's rows is refused there. Ended states have no rows: they never change.
/// A live job whose cancellation was asked for stays where it is until its keeper has proven the end of its tree.
/// </remarks>
public static class JobTransitions
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<JobTransition> Table { get; } =
    [
        new(Queued, JobTrigger.Allocated, JobState.Allocated),
        new(Queued, Claimed, Starting),
        new(Queued, JobTrigger.Cancelled, JobState.Cancelled),
        new(Queued, JobTrigger.Failed, JobState.Failed),
        new(Queued, Extended, Queued),

        new(JobState.Allocated, Claimed, Starting),
        new(JobState.Allocated, CancelRequested, JobState.Allocated),
        new(JobState.Allocated, JobTrigger.Cancelled, JobState.Cancelled),
        new(JobState.Allocated, JobTrigger.Failed, JobState.Failed),
        new(JobState.Allocated, Requeued, Queued),
        new(JobState.Allocated, JobTrigger.Lost, JobState.Lost),
        new(JobState.Allocated, Extended, JobState.Allocated),

        new(Starting, Started, Running),
        new(Starting, CancelRequested, Starting),
        new(Starting, JobTrigger.Completed, JobState.Completed),
        new(Starting, JobTrigger.Failed, JobState.Failed),
        new(Starting, JobTrigger.Cancelled, JobState.Cancelled),
        new(Starting, Retried, Queued),
        new(Starting, Requeued, Queued),
        new(Starting, Extended, Starting),
        new(Starting, Silent, Starting),
        new(Starting, Alerted, Starting),
        new(Starting, JobTrigger.Lost, JobState.Lost),

        new(Running, CancelRequested, Running),
        new(Running, JobTrigger.Completed, JobState.Completed),
        new(Running, JobTrigger.Failed, JobState.Failed),
        new(Running, JobTrigger.Cancelled, JobState.Cancelled),
        new(Running, Retried, Queued),
        new(Running, Requeued, Queued),
        new(Running, Extended, Running),
        new(Running, Stalled, Running),
        new(Running, Resumed, Running),
        new(Running, Silent, Running),
        new(Running, Alerted, Running),
        new(Running, JobTrigger.Lost, JobState.Lost),
    ];

    private static readonly Dictionary<(JobState, JobTrigger), JobState> Index =
        Table.ToDictionary(row => (row.From, row.On), row => row.To);

    /// <summary>The state that <paramref name="trigger"/> leads to, or null when it is not legal in <paramref name="from"/>.</summary>
    public static JobState? Next(JobState from, JobTrigger trigger) =>
        Index.TryGetValue((from, trigger), out var to) ? to : null;

    /// <summary>As <see cref="Next"/>, for a caller that has made sure that the change is legal.</summary>
    /// <exception cref="InvalidOperationException">The change is not in the table.</exception>
    public static JobState Require(JobState from, JobTrigger trigger) =>
        Next(from, trigger) ?? throw new InvalidOperationException($"a {from.ToWord()} job cannot be {trigger.ToWord()}");
}
