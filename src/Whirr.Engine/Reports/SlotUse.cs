using Whirr.Domain.Jobs;

namespace Whirr.Engine.Reports;

/// <summary>How the slots were used in a time.</summary>
/// <param name="Idle">Part of the slots' time in which they ran nothing, 0 to 1; 0 without slots or time.</param>
/// <param name="IdleWhileWaiting">Time in which at least one slot ran nothing although at least one job waited.</param>
public readonly record struct SlotUse(double Idle, TimeSpan IdleWhileWaiting)
{
    /// <summary>Adds up periods of attempts and of waiting jobs, as far as they lie within the time.</summary>
    public static SlotUse Of(IEnumerable<Period> attempts, IEnumerable<Period> waits, int slots, DateTimeOffset since, DateTimeOffset until)
    {
        if (slots <= 0 || until <= since)
        {
            return default;
        }

        // At each moment: how many more (or fewer) run and wait from then on.
        var moments = new SortedDictionary<DateTimeOffset, (int Runs, int Waits)>();
        attempts.ToList().ForEach(attempt => Add(attempt, 1, 0));
        waits.ToList().ForEach(wait => Add(wait, 0, 1));
        moments.TryAdd(until, default);

        var (idle, idleWhileWaiting, running, waiting, at) = (0.0, TimeSpan.Zero, 0, 0, since);
        foreach (var (moment, change) in moments)
        {
            var length = moment - at;
            var free = Math.Max(0, slots - running);
            idle += free * length.TotalSeconds;
            idleWhileWaiting += free > 0 && waiting > 0 ? length : TimeSpan.Zero;
            (running, waiting, at) = (running + change.Runs, waiting + change.Waits, moment);
        }

        return new SlotUse(Math.Clamp(idle / (slots * (until - since).TotalSeconds), 0, 1), idleWhileWaiting);

        void Add(Period period, int runs, int waits)
        {
            var from = period.From > since ? period.From : since;
            var to = period.Until is { } end && end < until ? end : until;
            if (from < to)
            {
                Change(from, runs, waits);
                Change(to, -runs, -waits);
            }
        }

        void Change(DateTimeOffset moment, int runs, int waits)
        {
            var before = moments.GetValueOrDefault(moment);
            moments[moment] = (before.Runs + runs, before.Waits + waits);
        }
    }
}
