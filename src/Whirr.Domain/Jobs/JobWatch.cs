namespace Whirr.Domain.Jobs;

/// <summary>What is watched while an attempt runs, beyond its life. All off unless asked for.</summary>
public sealed record JobWatch
{
    public static readonly JobWatch None = new();

    /// <summary>An attempt that gives no sign of progress for this long is stalled; null: not watched.</summary>
    /// <remarks>Signs are output, a line in metrics.jsonl, processor time (1 % of a processor and more) and, where it can be known, GPU use.</remarks>
    public TimeSpan? StallAfter { get; init; }

    /// <summary>What is done then.</summary>
    public StallAction OnStall { get; init; } = StallAction.Notify;

    /// <summary>With <see cref="StallAction.Dump"/>: also send this signal to the main process, e.g. 3 (SIGQUIT); 0: none.</summary>
    public int StallSignal { get; init; }

    /// <summary>End the job at the first NaN or infinity in metrics.jsonl.</summary>
    public bool FailOnNan { get; init; }
}

/// <summary>What is done with a stalled attempt. The numbers are stored.</summary>
public enum StallAction
{
    /// <summary>It is recorded and told.</summary>
    Notify = 1,

    /// <summary>Also, what its processes are doing is written into the log.</summary>
    Dump = 2,

    /// <summary>It is ended; the job has failed.</summary>
    Kill = 3,

    /// <summary>It is ended, and run again while retries are left.</summary>
    Retry = 4,
}
