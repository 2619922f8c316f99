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
}
