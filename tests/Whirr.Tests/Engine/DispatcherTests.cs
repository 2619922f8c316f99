using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

public sealed class DispatcherTests
{
    [Fact(Timeout = 30_000)]
    public async Task Jobs_start_by_priority_then_age_as_slots_allow()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        var first = await engine.SubmitAsync("first");
        var running = await engine.NextAttemptAsync();
        var low = await engine.SubmitAsync("low", priority: -1);
        var old = await engine.SubmitAsync("old");
        var young = await engine.SubmitAsync("young");
        var high = await engine.SubmitAsync("high", priority: 5);
        Assert.Equal(first, running.Key.JobId);

        var order = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            running.Exit(0, engine.Time.GetUtcNow());
            running = await engine.NextAttemptAsync();
            order.Add(running.Key.JobId);
        }

        Assert.Equal([high, old, young, low], order);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_more_jobs_are_live_than_there_are_slots()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 2);
        for (var i = 0; i < 5; i++)
        {
            await engine.SubmitAsync();
        }

        var (one, two) = (await engine.NextAttemptAsync(), await engine.NextAttemptAsync());
        one.Start(engine.Time.GetUtcNow());
        two.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(two.Key.JobId, JobState.Running);

        Assert.True(engine.Runner.IsQuiet);
        Assert.Equal(2, engine.Live.Count);
        var counts = await engine.Store.CountAsync(engine.Limit);
        Assert.Equal(3, counts[JobState.Queued]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_machine_that_cannot_start_keepers_loses_no_job_and_is_tried_again_after_a_pause()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        engine.Runner.Trouble = new RunnerException("no keeper");
        var id = await engine.SubmitAsync(maxAttempts: 1);
        await engine.Time.SomebodyWaitsAsync(engine.Limit);
        await engine.Time.SomebodyWaitsAsync(engine.Limit);

        var waiting = await engine.BecomesAsync(id, JobState.Queued);
        Assert.Equal((EndReason.StartFailed, "no keeper"), (waiting.Reason, waiting.ReasonDetail));

        engine.Runner.Trouble = null;
        engine.Time.Advance(TimeSpan.FromSeconds(31));
        var attempt = await engine.NextAttemptAsync();
        attempt.Exit(0, engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Completed);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_machine_on_which_no_command_gets_to_run_uses_up_no_attempts_and_is_tried_again_after_longer_and_longer_pauses()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        var id = await engine.SubmitAsync(maxAttempts: 1, onLost: OnLost.Stop);
        (await engine.NextAttemptAsync()).RefuseToStart(engine.Time.GetUtcNow());
        foreach (var seconds in (int[])[1, 2, 4])
        {
            var waiting = await engine.BecomesAsync(id, JobState.Queued);
            Assert.Equal((EndReason.DiskFull, "no room"), (waiting.Reason, waiting.ReasonDetail));
            await engine.Time.TimerInAsync(TimeSpan.FromSeconds(seconds), engine.Limit);
            Assert.True(engine.Runner.IsQuiet);
            engine.Time.Advance(TimeSpan.FromSeconds(seconds));
            (await engine.NextAttemptAsync()).RefuseToStart(engine.Time.GetUtcNow());
        }

        await engine.Time.TimerInAsync(TimeSpan.FromSeconds(8), engine.Limit);
        engine.Time.Advance(TimeSpan.FromSeconds(8));
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Running);
        attempt.Exit(0, engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Completed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_starts_before_the_jobs_of_the_earlier_daemon_are_found()
    {
        long live = 0;
        await using var engine = await EngineFixture.StartAsync(slots: 1, async fixture =>
        {
            var jobs = new[] { "left", "waiting" }.Select(name => EngineFixture.Describe(name, EngineFixture.Alice, fixture.Time.GetUtcNow())).ToList();
            live = (await fixture.Store.AddAsync(jobs, fixture.Limit))[0].Id;
            await fixture.Store.ClaimAsync("here", 1, fixture.Time.GetUtcNow(), fixture.Limit);
        });

        var adopted = await engine.NextAttemptAsync();
        Assert.True(adopted.Adopted);
        Assert.Equal([adopted.Key], engine.Runner.Kept!);
        Assert.Equal(live, adopted.Key.JobId);
        Assert.True(engine.Runner.IsQuiet);

        adopted.Exit(0, engine.Time.GetUtcNow());
        Assert.False((await engine.NextAttemptAsync()).Adopted);
    }
}
