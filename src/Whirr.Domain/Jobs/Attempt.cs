namespace Whirr.Domain.Jobs;

/// <summary>Names one execution of a job. Every write about an attempt carries all three numbers.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Number">From 1.</param>
/// <param name="LeaseEpoch">Fencing number: grows with each claim of any job; a write with a stale one has no effect.</param>
public readonly record struct AttemptKey(long JobId, int Number, long LeaseEpoch)
{
    public override string ToString() => $"job {JobId} attempt {Number}";
}

/// <summary>One execution of a job.</summary>
public sealed record Attempt
{
    public required AttemptKey Key { get; init; }

    /// <summary>The machine that has it.</summary>
    public required string Node { get; init; }

    public required DateTimeOffset ClaimedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Absolute path of the run directory; null until it is known.</summary>
    public string? RunDir { get; init; }

    /// <summary>Process id of the command; null before it runs.</summary>
    public int? Pid { get; init; }

    /// <summary>0..255, or 128 + signal; null when it did not exit.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it; 0 for none.</summary>
    public int Signal { get; init; }

    public EndReason Reason { get; init; }

    /// <summary>The same in a sentence; null while it runs and for one that completed.</summary>
    public string? ReasonDetail { get; init; }

    /// <summary>Where its output begins in <c>output.log</c>, in bytes; null when unknown.</summary>
    public long? LogOffset { get; init; }

    /// <summary>The last proven sign of life; null before the first.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>Until when the node may go on without a further sign of life.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public AttemptUsage Usage { get; init; }
}

/// <summary>What an attempt used.</summary>
/// <param name="MaxRssBytes">Largest resident set of any one process; 0 when unknown.</param>
/// <param name="CpuTime">User and system time of the whole tree.</param>
public readonly record struct AttemptUsage(long MaxRssBytes, TimeSpan CpuTime)
{
    /// <summary>Most memory that the whole tree had at one time, caches included (memory.peak of cgroup v2); 0 when unknown.</summary>
    public long PeakTreeBytes { get; init; }

    /// <summary>Bytes read from disks; 0 when unknown.</summary>
    public long ReadBytes { get; init; }

    /// <summary>Bytes written to disks; 0 when unknown.</summary>
    public long WrittenBytes { get; init; }
}
