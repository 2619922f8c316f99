namespace Whirr.KeeperContract;

/// <summary>Everything a keeper needs to know to run one attempt, fixed when the attempt is started.</summary>
public sealed record LaunchSpec
{
    public required long JobId { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Fencing number of the claim; comes back in the exit record.</summary>
    public required long LeaseEpoch { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Workdir { get; init; }

    /// <summary>Absolute path; made by the job's user if it is not there.</summary>
    public required string RunDir { get; init; }

    /// <summary>File mode creation mask of the job, 0..0777.</summary>
    public required int Umask { get; init; }

    /// <summary>The run directory is below the daemon's own place for runs, which others have no business in.</summary>
    public bool PrivateRun { get; init; }

    /// <summary>File mode creation mask for what whirr itself makes in the run directory. The owner's rights are never masked, or whirr could
    /// not add the end to what it began.</summary>
    public int RecordUmask => PrivateRun ? 0b111_111 : Umask & 0b111_111;

    /// <summary>Who the job runs as; null: as the keeper itself.</summary>
    public RunIdentity? RunAs { get; init; }

    /// <summary>Milliseconds between SIGTERM and SIGKILL when the keeper ends the job without being told how.</summary>
    public required int KillGraceMilliseconds { get; init; }

    /// <summary>End the job when no daemon is connected any more.</summary>
    public bool EndOnDaemonLoss { get; init; }

    /// <summary>How long the attempt may run, in milliseconds of CLOCK_MONOTONIC; null: for ever.</summary>
    public long? TimeLimitMilliseconds { get; init; }

    /// <summary>Signal to the main process before that; 0: none.</summary>
    public int WarnSignal { get; init; }

    /// <summary>How long before.</summary>
    public long WarnBeforeMilliseconds { get; init; }

    /// <summary>memory.max of the cgroup; null: no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>cpu.max of the cgroup, in thousandths of a processor; null: no limit.</summary>
    public int? CpuMillis { get; init; }

    /// <summary>pids.max of the cgroup; null: no limit.</summary>
    public int? Pids { get; init; }

    /// <summary>Bytes that the log may take on disk; 0: no limit.</summary>
    public long LogLimitBytes { get; init; }

    /// <summary>Milliseconds without a sign of progress after which the attempt is stalled; 0: not watched.</summary>
    public long StallMilliseconds { get; init; }

    /// <summary>What is done then.</summary>
    public StallReaction OnStall { get; init; }

    /// <summary>With <see cref="StallReaction.Dump"/>: signal to the main process; 0: none.</summary>
    public int StallSignal { get; init; }

    /// <summary>Milliseconds between two lines of system.jsonl; 0: none are written.</summary>
    public long SystemMilliseconds { get; init; }

    /// <summary>Program that tells about GPUs and their use (nvidia-smi); null: that is not known here.</summary>
    public string? GpuProbe { get; init; }

    /// <summary>End the job at the first value in metrics.jsonl that is not finite.</summary>
    public bool FailOnNan { get; init; }

    /// <summary>Limits that the submitter asked for: set with the rights of the job's user, after <see cref="Limits"/>.</summary>
    public IReadOnlyList<ResourceLimit> UserLimits { get; init; } = [];

    /// <summary>Niceness that the submitter asked for: set with the rights of the job's user; null: none.</summary>
    public int? UserNice { get; init; }

    /// <summary>I/O priority as in ioprio_set(2), class in the bits above 13; 0: none.</summary>
    public int IoPriority { get; init; }

    /// <summary>Directory of cgroup v2 in which the attempt gets a leaf of its own; null for none.</summary>
    public string? CgroupRoot { get; init; }

    /// <summary>Niceness -20..19; null: as the keeper.</summary>
    public int? Nice { get; init; }

    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>NUL-ended arguments, the program first; never empty.</summary>
    public required ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>NUL-ended <c>NAME=value</c> entries: the whole environment of the job.</summary>
    public required ReadOnlyMemory<byte> Environment { get; init; }

    /// <summary>Contents of <c>config.json</c>.</summary>
    public required ReadOnlyMemory<byte> Config { get; init; }

    /// <summary>A JSON object to be merged into <c>meta.json</c> when the job starts.</summary>
    public required ReadOnlyMemory<byte> Meta { get; init; }
}
