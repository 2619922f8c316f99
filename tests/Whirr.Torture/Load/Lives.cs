using Whirr.Domain.Jobs;

namespace Whirr.Torture.Load;

/// <summary>Draws lives: mostly short ones that end by themselves, some that do everything a job may do to be hard to keep.</summary>
internal static class Lives
{
    private const int Segv = 11;
    private const int Kill = 9;

    private static readonly (int Weight, string Kind)[] Kinds =
    [
        (24, "exit"), (6, "signal"), (6, "deaf"), (6, "polite"), (8, "leave"), (6, "hide"), (4, "log"), (8, "again"), (3, "tree"), (4, "endless"),
        (2, "stopped"), (2, "poison"), (1, "missing"),
    ];

    /// <param name="dice">The chance of this step.</param>
    /// <param name="canHide">The machine holds trees together by cgroup: a process without parent, session and environment is found, too.</param>
    public static Life Draw(Dice dice, bool canHide)
    {
        var kind = dice.Draw(Kinds);
        kind = kind == "hide" && !canHide ? "leave" : kind;
        var milliseconds = dice.Chance(15) ? dice.Number(2_000, 6_000) : dice.Number(0, 900);
        var life = new Life(kind, milliseconds, NumberFor(kind, dice), kind == "again" ? dice.Number(1, 3) : 0)
        {
            OnLost = dice.Chance(25) ? OnLost.Stop : OnLost.Requeue,
            OnDaemonLoss = dice.Chance(8) ? OnDaemonLoss.Kill : OnDaemonLoss.Keep,
            MaxAttempts = dice.Number(1, 4),
            GraceMs = dice.Pick<int>([0, 200, 500]),
            Priority = dice.Number(-3, 3),
        };
        return kind switch
        {
            "again" => life with { Retries = dice.Number(1, 3), Milliseconds = dice.Number(0, 200) },
            "endless" or "stopped" when dice.Chance(60) => life with { TimeLimitMs = dice.Number(300, 1_500) },
            _ => life,
        };
    }

    private static int NumberFor(string kind, Dice dice) => kind switch
    {
        "signal" => dice.Pick<int>([Kill, Segv]),
        "log" => dice.Number(1_000, 100_000),
        "again" => 75,
        _ => dice.Chance(60) ? 0 : dice.Number(1, 97),
    };
}
