namespace Whirr.Domain.Jobs;

/// <summary>Who ended a job or an attempt: a closed set. The numbers are stored; never renumber them.</summary>
public enum EndReason
{
    /// <summary>Not ended, or completed.</summary>
    None = 0,
    ExitCode = 1,
    Signal = 2,
    CancelledByUser = 3,
    TimeLimit = 4,
    MemoryLimit = 5,
    Stalled = 6,
    NanMetric = 7,
    StartFailed = 8,
    DependencyFailed = 9,
    NodeLost = 10,
    NodeRebooted = 11,
    KeeperDied = 12,
    LeaseExpired = 13,
    DiskFull = 14,
    MaxAttempts = 15,
    Unschedulable = 16,
}

/// <summary>Names of reasons.</summary>
public static class EndReasons
{
    /// <summary>The word used in files, JSON and on the wire, e.g. <c>keeper_died</c>; empty for <see cref="EndReason.None"/>.</summary>
    public static string ToWord(this EndReason reason) => reason switch
    {
        EndReason.None => "",
        EndReason.ExitCode => "exit_code",
        EndReason.Signal => "signal",
        EndReason.CancelledByUser => "cancelled_by_user",
        EndReason.TimeLimit => "time_limit",
        EndReason.MemoryLimit => "memory_limit",
        EndReason.Stalled => "stalled",
        EndReason.NanMetric => "nan_metric",
        EndReason.StartFailed => "start_failed",
        EndReason.DependencyFailed => "dependency_failed",
        EndReason.NodeLost => "node_lost",
        EndReason.NodeRebooted => "node_rebooted",
        EndReason.KeeperDied => "keeper_died",
        EndReason.LeaseExpired => "lease_expired",
        EndReason.DiskFull => "disk_full",
        EndReason.MaxAttempts => "max_attempts",
        EndReason.Unschedulable => "unschedulable",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not an end reason"),
    };
}
