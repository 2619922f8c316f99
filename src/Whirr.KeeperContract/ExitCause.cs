namespace Whirr.KeeperContract;

/// <summary>Who made an attempt end.</summary>
public enum ExitCause
{
    /// <summary>The command, or a signal that the keeper did not send.</summary>
    Itself = 0,

    /// <summary>The keeper: a daemon asked for it.</summary>
    Cancel = 1,

    /// <summary>The keeper: the last daemon went away and the spec says <see cref="LaunchSpec.EndOnDaemonLoss"/>.</summary>
    DaemonLoss = 2,

    /// <summary>The keeper: it was told to stop by SIGTERM, as when the machine shuts down.</summary>
    KeeperStopped = 3,

    /// <summary>The keeper: its time was up.</summary>
    TimeLimit = 4,

    /// <summary>The kernel: the tree used more memory than its limit, or the machine had none left.</summary>
    MemoryLimit = 5,

    /// <summary>The keeper: no sign of progress for longer than <see cref="LaunchSpec.StallMilliseconds"/>.</summary>
    Stalled = 6,

    /// <summary>The keeper: a metric was not a finite number.</summary>
    NanMetric = 7,
}
