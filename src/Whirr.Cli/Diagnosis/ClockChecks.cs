using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Diagnosis;

/// <summary>Times are what limits, leases and the order of the queue are made of.</summary>
internal static class ClockChecks
{
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(2);

    /// <param name="info">What the daemon says; null: none answers.</param>
    /// <param name="asked">When it was asked.</param>
    /// <param name="answered">When its answer was there.</param>
    /// <param name="isKept">Whether a time service keeps the clock; null: not known.</param>
    public static IEnumerable<Finding> Of(InfoReply? info, DateTimeOffset asked, DateTimeOffset answered, bool? isKept)
    {
        yield return answered < Earliest
            ? Finding.Fail("clock", $"this machine thinks it is {answered:yyyy-MM-dd}", "set the clock: `timedatectl set-ntp true`")
            : Start(info, answered);
        if (isKept is { } kept)
        {
            yield return kept
                ? Finding.Ok("ntp", "a time service keeps the clock")
                : Finding.Warn("ntp", "no time service keeps the clock: it drifts by seconds a day", "`timedatectl set-ntp true`");
        }

        if (info?.Now is { } now)
        {
            yield return Skew(now.ToDateTimeOffset(), asked, answered);
        }
    }

    private static Finding Start(InfoReply? info, DateTimeOffset now)
    {
        if (info is null)
        {
            return Finding.Ok("clock", $"{now:yyyy-MM-dd HH:mm:ss} UTC");
        }

        if (info.StartedAt is not { } started)
        {
            return Finding.Warn("clock", "the daemon does not say when it was started", "compare `whirrctl version`");
        }

        var up = now - started.ToDateTimeOffset();
        return up < TimeSpan.FromSeconds(-1)
            ? Finding.Warn(
                "clock",
                $"the daemon was started {DurationText.Format(-up)} in the future: the clock was set back",
                "check that only one time service runs: `timedatectl`")
            : Finding.Ok("clock", $"{now:yyyy-MM-dd HH:mm:ss} UTC; the daemon has been up for {DurationText.Format(up)}");
    }

    // Its clock was read at some moment between question and answer: only what is outside of them is known to be a difference.
    private static Finding Skew(DateTimeOffset daemon, DateTimeOffset asked, DateTimeOffset answered)
    {
        var skew = daemon < asked ? daemon - asked : daemon > answered ? daemon - answered : TimeSpan.Zero;
        var size = skew.Duration();
        return size > MostSkew
            ? Finding.Warn(
                "skew",
                $"the clock of the daemon is {DurationText.Format(size)} {(skew < TimeSpan.Zero ? "behind" : "ahead of")} yours",
                "both are on this machine: look at containers and time namespaces, and at `timedatectl`")
            : Finding.Ok("skew", size == TimeSpan.Zero ? "the daemon's clock is yours" : $"the daemon's clock is within {Math.Ceiling(size.TotalMilliseconds):0} ms of yours");
    }
}
