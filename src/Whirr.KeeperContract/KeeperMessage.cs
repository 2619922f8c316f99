namespace Whirr.KeeperContract;

/// <summary>What a keeper and a daemon say to each other over the daemon's socket or the control socket.</summary>
public abstract record KeeperMessage
{
    private KeeperMessage()
    {
    }

    /// <summary>Keeper to daemon: the command runs. Sent once to each daemon, at once to one that connects later.</summary>
    /// <param name="Pid">Process id of the command.</param>
    /// <param name="RunDir">Absolute path.</param>
    /// <param name="At">When it was started.</param>
    public sealed record Started(int Pid, string RunDir, DateTimeOffset At) : KeeperMessage;

    /// <summary>Keeper to daemon: the attempt has ended and nothing of it runs any more. The last message.</summary>
    /// <param name="Record">How.</param>
    public sealed record Ended(ExitRecord Record) : KeeperMessage;

    /// <summary>Daemon to keeper: end the job. A later one may shorten the grace, never lengthen it.</summary>
    /// <param name="GraceMilliseconds">Between SIGTERM and SIGKILL, from 0.</param>
    public sealed record Cancel(int GraceMilliseconds) : KeeperMessage;

    /// <summary>Daemon to keeper: the end is in the store, a keeper that could not write the exit record need not try any longer.</summary>
    public sealed record Forget : KeeperMessage;

    /// <summary>A message of a newer version; to be ignored.</summary>
    /// <param name="Type">Its name.</param>
    public sealed record Unknown(string Type) : KeeperMessage;
}
