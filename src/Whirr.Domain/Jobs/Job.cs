namespace Whirr.Domain.Jobs;

/// <summary>A queue entry as it stands.</summary>
public sealed record Job
{
    public required long Id { get; init; }
    public required JobSettings Settings { get; init; }
    public required JobOwner Owner { get; init; }
    public required JobState State { get; init; }

    /// <summary>Why it ended, or why its last attempt was lost when it was requeued.</summary>
    public EndReason Reason { get; init; }

    /// <summary>The same in a sentence.</summary>
    public string? ReasonDetail { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CancelRequestedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How many of <see cref="RetryPolicy.Retries"/> are used up.</summary>
    public int RetriesUsed { get; init; }

    /// <summary>How many attempts were lost to the machine.</summary>
    public int Losses { get; init; }

    /// <summary>Of a queued job that is to pause: not claimed before this. Null: it may start at once.</summary>
    public DateTimeOffset? EligibleAt { get; init; }

    /// <summary>The current or last attempt; null before the first.</summary>
    public Attempt? Attempt { get; init; }

    /// <summary>Run id of the job, the same for all of its attempts.</summary>
    public string RunId => RunIdOf(Id);

    /// <summary>The run id of job <paramref name="id"/>: <c>job-42</c>.</summary>
    public static string RunIdOf(long id) => $"job-{id}";
}
