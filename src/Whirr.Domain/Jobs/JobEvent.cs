namespace Whirr.Domain.Jobs;

/// <summary>One line of the append-only log of a job.</summary>
public sealed record JobEvent
{
    /// <summary>Grows over the whole store.</summary>
    public required long Seq { get; init; }

    public required long JobId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required JobTrigger Trigger { get; init; }

    /// <summary>The attempt it is about; 0 for the job.</summary>
    public int Attempt { get; init; }

    public required JobState From { get; init; }
    public required JobState To { get; init; }
    public EndReason Reason { get; init; }
    public string? Detail { get; init; }
}
