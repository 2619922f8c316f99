namespace Whirr.Domain.Jobs;

/// <summary>What to run and how: everything about a job that is fixed when it is submitted.</summary>
public sealed record JobSettings
{
    public required Guid Uid { get; init; }

    /// <summary>An id of the submitter's own, unique per owner; null when none was given.</summary>
    public string? ClientJobId { get; init; }

    public required string Name { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Higher runs first.</summary>
    public int Priority { get; init; }

    /// <summary>Program and arguments; run without a shell; never empty.</summary>
    public required IReadOnlyList<string> CommandArgv { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Workdir { get; init; }

    /// <summary>One JSON object.</summary>
    public string ConfigJson { get; init; } = "{}";

    /// <summary>Absolute path of the directory that gets the run directory; null for the daemon's own.</summary>
    public string? RunsDir { get; init; }

    /// <summary>File mode creation mask.</summary>
    public int Umask { get; init; } = 0b000_010_010;

    public required TimeSpan KillGracePeriod { get; init; }
    public required OnLost OnLost { get; init; }
    public required OnDaemonLoss OnDaemonLoss { get; init; }

    /// <summary>How many attempts may be lost to the machine (its keeper died, it was restarted) before the job is given up, at least 1.</summary>
    public required int MaxAttempts { get; init; }

    public JobLimits Limits { get; init; } = JobLimits.None;
    public RetryPolicy Retry { get; init; } = RetryPolicy.Never;
    public JobWatch Watch { get; init; } = JobWatch.None;

    /// <summary>Who is to be told what; null: as the daemon is configured.</summary>
    public NoticeSettings? Notices { get; init; }

    /// <summary>The job that this one is a retry of.</summary>
    public long? ParentJobId { get; init; }
}
