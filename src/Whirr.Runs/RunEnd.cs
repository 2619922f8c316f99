using Whirr.Domain.Jobs;

namespace Whirr.Runs;

/// <summary>How an attempt ended, as the record of the run tells it.</summary>
public sealed record RunEnd
{
    /// <summary>An ended state.</summary>
    public required JobState Status { get; init; }

    public EndReason Reason { get; init; }
    public string? ReasonDetail { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>0..255; null when the command did not run, or nobody knows.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it; 0 for none.</summary>
    public int Signal { get; init; }

    public AttemptUsage? Usage { get; init; }
}
