using FsCheck;
using FsCheck.Fluent;
using Whirr.Domain.Jobs;
using Whirr.Engine.Reports;

namespace Whirr.Tests.Reports;

public sealed class SlotUseTests
{
    private const int Seconds = 60;
    private static readonly DateTimeOffset Evening = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_hour_in_which_one_of_two_slots_ran_half_the_time_was_idle_for_three_quarters()
    {
        var use = SlotUse.Of([At(-10, 30)], [At(20, 25), At(40, 90)], slots: 2, Evening, Evening.AddSeconds(Seconds));
        Assert.Equal(0.75, use.Idle, 6);
        Assert.Equal(TimeSpan.FromSeconds(25), use.IdleWhileWaiting);
    }

    [Fact]
    public void Nothing_is_idle_without_slots_or_without_time()
    {
        Assert.Equal(default, SlotUse.Of([], [At(0, 9)], slots: 0, Evening, Evening.AddSeconds(9)));
        Assert.Equal(default, SlotUse.Of([], [At(0, 9)], slots: 3, Evening, Evening));
        Assert.Equal(1, SlotUse.Of([], [], slots: 3, Evening, Evening.AddSeconds(9)).Idle);
    }

    [Fact]
    public void It_is_what_counting_second_by_second_gives()
    {
        var period = from start in Gen.Choose(-20, 80) from length in Gen.Choose(-2, 60) from open in Gen.Choose(0, 5) select At(start, open == 0 ? null : start + length);
        var periods = period.ListOf();
        Check.QuickThrowOnFailure(Prop.ForAll(
            (from attempts in periods from waits in periods from slots in Gen.Choose(1, 5) select (attempts, waits, slots)).ToArbitrary(),
            given =>
            {
                var use = SlotUse.Of(given.attempts, given.waits, given.slots, Evening, Evening.AddSeconds(Seconds));
                var (idle, waiting) = Count([.. given.attempts], [.. given.waits], given.slots);
                return Math.Abs(use.Idle - idle) < 1e-9 && use.IdleWhileWaiting == TimeSpan.FromSeconds(waiting);
            }));
    }

    private static (double Idle, int Waiting) Count(List<Period> attempts, List<Period> waits, int slots)
    {
        var (idle, waiting) = (0, 0);
        for (var second = 0; second < Seconds; second++)
        {
            var middle = Evening.AddSeconds(second + 0.5);
            var free = Math.Max(0, slots - attempts.Count(period => Holds(period, middle)));
            idle += free;
            waiting += free > 0 && waits.Exists(period => Holds(period, middle)) ? 1 : 0;
        }

        return ((double)idle / (slots * Seconds), waiting);
    }

    private static bool Holds(Period period, DateTimeOffset moment) => period.From <= moment && (period.Until is not { } end || moment < end);

    private static Period At(int from, int? until) => new(Evening.AddSeconds(from), until is { } end ? Evening.AddSeconds(end) : null);
}
