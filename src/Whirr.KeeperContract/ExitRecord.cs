namespace Whirr.KeeperContract;

/// <summary>How an attempt ended: the contents of <c>exit.json</c> and of the last message of a keeper.</summary>
public sealed record ExitRecord
{
    public required long JobId { get; init; }
    public required int Attempt { get; init; }
    public long LeaseEpoch { get; init; }

    /// <summary>True: the command ran, or was killed as it was about to. False: it could not be started, and <see cref="Sentence"/> says why.</summary>
    public required bool Ran { get; init; }

    /// <summary>0..255, or 128 + signal; 0 when it did not run.</summary>
    public int ExitCode { get; init; }

    /// <summary>The signal that ended the command; 0 for none.</summary>
    public int Signal { get; init; }

    public bool CoreDumped { get; init; }
    public ExitCause Cause { get; init; }
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the main process ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>What it used.</summary>
    public ResourceUse Use { get; init; }

    /// <summary>Where its output begins in the log, in bytes; null: not known.</summary>
    public long? LogOffset { get; init; }

    /// <summary>What is to be said about the end beyond the code, for the user; null: nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>The step of the start that failed; null when the command ran.</summary>
    public string? Stage { get; init; }

    /// <summary>The error number of that step (errno(3)).</summary>
    public int Errno { get; init; }

    /// <summary>The same for the user.</summary>
    public string? Sentence { get; init; }

    /// <summary>Alerts that no daemon has said to have in its store.</summary>
    public IReadOnlyList<JobAlert> Alerts { get; init; } = [];

    /// <summary>What did not work and did no harm, for the log of the daemon.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
