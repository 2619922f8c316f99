using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Reports;

/// <summary>What happened in a time.</summary>
public sealed record Report
{
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>Jobs that ended in that time, by state.</summary>
    public required IReadOnlyDictionary<JobState, long> Ended { get; init; }

    /// <summary>Those that failed or were lost, the latest first; the first 200.</summary>
    public required IReadOnlyList<Job> Troubled { get; init; }

    /// <summary>Events retried, requeued, stalled and silent, oldest first; the first 1,000.</summary>
    public required IReadOnlyList<JobEvent> Incidents { get; init; }

    /// <summary>Names of the jobs of incidents that are still known.</summary>
    public required IReadOnlyDictionary<long, string> Names { get; init; }

    public required IReadOnlyList<(Job Job, Estimate? Estimate)> Running { get; init; }
    public required long Queued { get; init; }
    public required int Slots { get; init; }
    public required SlotUse Use { get; init; }
    public QueueHold? Hold { get; init; }
    public required IReadOnlyList<string> Troubles { get; init; }
}
