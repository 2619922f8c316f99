using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>The attempts of a job that has had several.</summary>
internal static class AttemptList
{
    public static void Write(TextOutput output, IReadOnlyCollection<Attempt> attempts, TimeProvider clock)
    {
        var table = new Table("ATTEMPT", "STARTED", "RAN", "HOW IT ENDED");
        var now = clock.GetUtcNow();
        foreach (var attempt in attempts)
        {
            table.Add(
                new(attempt.Number.ToString(), Right: true),
                new((attempt.StartedAt ?? attempt.ClaimedAt) is { } started ? Times.Local(started, clock) : "-"),
                new(Ran(attempt, now) is { } span ? DurationText.Format(span) : "-"),
                new(Ending(attempt)));
        }

        output.Write("\n");
        table.Write(output);
    }

    private static TimeSpan? Ran(Attempt attempt, DateTimeOffset now)
    {
        if (attempt.StartedAt is not { } started)
        {
            return null;
        }

        return (attempt.FinishedAt?.ToDateTimeOffset() ?? now) - started.ToDateTimeOffset();
    }

    private static string Ending(Attempt attempt) => attempt switch
    {
        { FinishedAt: null } => "goes on",
        { Reason: "" } => "completed",
        { ReasonDetail: "" } => attempt.Reason,
        _ => $"{attempt.ReasonDetail} ({attempt.Reason})",
    };
}
