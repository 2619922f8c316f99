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
    /// <param name="LogOffset">Where its output begins in the log, in bytes; null: not known.</param>
    public sealed record Started(int Pid, string RunDir, DateTimeOffset At, long? LogOffset = null) : KeeperMessage
    {
        /// <summary>It answers <see cref="Ping"/>. Keepers of the first release do not.</summary>
        public bool AnswersPing { get; init; }
    }

    /// <summary>Keeper to daemon: the attempt has ended and nothing of it runs any more. The last message.</summary>
    /// <param name="Record">How.</param>
    public sealed record Ended(ExitRecord Record) : KeeperMessage;

    /// <summary>Keeper to daemon, the answer to <see cref="Ping"/>: it lives, and this is what the job uses.</summary>
    /// <param name="Usage">Up to now.</param>
    /// <param name="MemoryBytes">Memory of the tree now; 0: not known.</param>
    /// <param name="Processes">Processes of the tree now.</param>
    public sealed record Alive(ResourceUse Usage, long MemoryBytes, int Processes) : KeeperMessage;

    /// <summary>Keeper to daemon: the job gives no sign of progress. Also sent to a daemon that connects later.</summary>
    /// <param name="Sentence">Since when, and what is done, for the user.</param>
    public sealed record Stalled(string Sentence) : KeeperMessage;

    /// <summary>Keeper to daemon: the job goes on after it had stalled.</summary>
    public sealed record Resumed : KeeperMessage;

    /// <summary>Keeper to daemon: the script wants people to know something. Sent to each daemon, also to one that connects later, until one
    /// says <see cref="AlertHeard"/>.</summary>
    /// <param name="Alert">What.</param>
    public sealed record Alerted(JobAlert Alert) : KeeperMessage;

    /// <summary>Daemon to keeper: the alerts up to this one are in the store.</summary>
    /// <param name="At">Which one (<see cref="JobAlert.At"/>).</param>
    public sealed record AlertHeard(DateTimeOffset At) : KeeperMessage;

    /// <summary>Daemon to keeper: say that you live.</summary>
    public sealed record Ping : KeeperMessage;

    /// <summary>Daemon to keeper: the job may run for this long in all, counted from its start.</summary>
    /// <param name="LimitMilliseconds">Null: for ever.</param>
    public sealed record SetTimeLimit(long? LimitMilliseconds) : KeeperMessage;

    /// <summary>Daemon to keeper: whether the disk of the run directory is nearly full. While it is, the log gives way first.</summary>
    /// <param name="IsLow">Whether it is.</param>
    public sealed record LowSpace(bool IsLow) : KeeperMessage;

    /// <summary>Daemon to keeper: end the job. A later one may shorten the grace, never lengthen it.</summary>
    /// <param name="GraceMilliseconds">Between SIGTERM and SIGKILL, from 0.</param>
    public sealed record Cancel(int GraceMilliseconds) : KeeperMessage;

    /// <summary>Daemon to keeper: the end is in the store, a keeper that could not write the exit record need not try any longer.</summary>
    public sealed record Forget : KeeperMessage;

    /// <summary>A message of a newer version; to be ignored.</summary>
    /// <param name="Type">Its name.</param>
    public sealed record Unknown(string Type) : KeeperMessage;
}
