using System.Globalization;
using Whirr.Domain.Jobs;

namespace Whirr.Torture.Load;

/// <summary>What a job does, and so how its attempts may end when nobody interferes.</summary>
/// <param name="Kind">A word of job.sh; <c>missing</c>: a program that does not exist.</param>
/// <param name="Milliseconds">How long it does nothing before it ends.</param>
/// <param name="Number">Exit code, signal or number of lines, as the kind wants it.</param>
/// <param name="Until">For <c>again</c>: the last attempt that fails.</param>
internal sealed record Life(string Kind, int Milliseconds, int Number, int Until = 0)
{
    public OnLost OnLost { get; init; } = OnLost.Requeue;

    public OnDaemonLoss OnDaemonLoss { get; init; } = OnDaemonLoss.Keep;

    public int MaxAttempts { get; init; } = 3;

    public int GraceMs { get; init; } = 300;

    public int Retries { get; init; }

    public int TimeLimitMs { get; init; }

    public int Priority { get; init; }

    /// <summary>It ends only when somebody ends it.</summary>
    public bool IsEndless => Kind is "endless" or "stopped" && TimeLimitMs == 0;

    /// <summary>It kills its keeper.</summary>
    public bool IsPoison => Kind == "poison";

    /// <summary>Something of it would stay if nobody looked after it.</summary>
    public bool LeavesSomebody => Kind is "leave" or "hide" or "tree";

    /// <summary>How an attempt ends by itself, or by a limit that was asked for; null: not at all.</summary>
    public Ending? EndOf(int attempt) => Kind switch
    {
        "exit" or "deaf" or "leave" or "hide" or "polite" or "tree" => Ending.Exit(Number),
        "signal" => Ending.By(Number),
        "log" => Ending.Well,
        "again" => attempt > Until ? Ending.Well : Ending.Exit(Number),
        "missing" => new Ending(EndReason.StartFailed),
        "endless" or "stopped" when TimeLimitMs > 0 => new Ending(EndReason.TimeLimit),
        _ => null,
    };

    public IReadOnlyList<string> Command(string script, string ledger) => Kind == "missing"
        ? ["/nowhere/whirr-torture"]
        : ["/bin/sh", script, ledger, Kind, (Milliseconds / 1000.0).ToString("0.###", CultureInfo.InvariantCulture), $"{Number}", $"{Until}"];
}
