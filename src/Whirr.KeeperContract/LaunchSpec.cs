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
