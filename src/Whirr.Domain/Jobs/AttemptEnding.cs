namespace Whirr.Domain.Jobs;

/// <summary>How an attempt ended, as its keeper or the facts it left behind tell.</summary>
public abstract record AttemptEnding
{
    private AttemptEnding()
    {
    }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, or when that was found out.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    public AttemptUsage Usage { get; init; }

    /// <summary>Where its output begins in <c>output.log</c>, in bytes; null when unknown.</summary>
    public long? LogOffset { get; init; }

    /// <summary>What its script wanted people to know and no daemon is known to have in its store.</summary>
    public IReadOnlyList<AttemptAlert> Alerts { get; init; } = [];

    /// <summary>Absolute path of the run directory; null when it was not made.</summary>
    public string? RunDir { get; init; }

    /// <summary>The command ran and ended.</summary>
    /// <param name="ExitCode">0..255, or 128 + signal.</param>
    /// <param name="Signal">The signal that ended it; 0 for none.</param>
    /// <param name="By">Who made it end.</param>
    public sealed record Exited(int ExitCode, int Signal, EndedBy By) : AttemptEnding
    {
        public bool CoreDumped { get; init; }

        /// <summary>What the keeper says about the end, for the user; null: nothing beyond the code.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>The command could not be started.</summary>
    /// <param name="Sentence">What failed and why, for the user.</param>
    /// <param name="By">Who made it end; <see cref="EndedBy.Itself"/> for a plain failure to start.</param>
    public sealed record StartFailed(string Sentence, EndedBy By) : AttemptEnding;

    /// <summary>The machine could not start it, and it is proven that the command never ran: nothing of the job's is used up.</summary>
    /// <param name="Reason">What was wrong with the machine.</param>
    /// <param name="Sentence">The same for the user.</param>
    public sealed record NotRun(EndReason Reason, string Sentence) : AttemptEnding;

    /// <summary>It is proven dead and left no result.</summary>
    /// <param name="Reason">How it was lost.</param>
    /// <param name="Sentence">The same for the user.</param>
    public sealed record Vanished(EndReason Reason, string Sentence) : AttemptEnding;
}

/// <summary>Who made an attempt end.</summary>
public enum EndedBy
{
    /// <summary>The command, by itself or by a signal that whirr did not send.</summary>
    Itself,

    /// <summary>The keeper, because a cancellation was asked for.</summary>
    Cancel,

    /// <summary>The keeper, because the daemon went away and the job says <c>on_daemon_loss: kill</c>.</summary>
    DaemonLoss,

    /// <summary>The keeper, because it was told to stop: the machine shuts down, or an administrator stops what keeps the jobs.</summary>
    KeeperStopped,

    /// <summary>The keeper, because it was told to stop, and then the machine was restarted.</summary>
    Shutdown,

    /// <summary>The keeper: its time was up.</summary>
    TimeLimit,

    /// <summary>The kernel: it used more memory than it may, or than there is.</summary>
    MemoryLimit,

    /// <summary>The keeper: it gave no sign of progress.</summary>
    Stalled,

    /// <summary>The keeper: a metric was not a finite number.</summary>
    NanMetric,
}
