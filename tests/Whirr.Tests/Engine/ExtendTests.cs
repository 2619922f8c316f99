using Whirr.Domain.Jobs;
using Whirr.Engine.Queue;

namespace Whirr.Tests.Engine;

public sealed class ExtendTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_running_job_gets_its_new_limit_and_the_event_tells_who_changed_it()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(settings => settings with { Limits = new JobLimits { Time = TimeSpan.FromHours(1) } });
        var attempt = await engine.NextAttemptAsync();

        Assert.IsType<ExtendResult.Extended>(
            await engine.Extender.ExtendAsync(EngineFixture.Alice, id, new TimeLimitChange.By(TimeSpan.FromHours(2)), engine.Limit));

        Assert.Equal([TimeSpan.FromHours(3)], attempt.TimeLimits);
        Assert.Equal(TimeSpan.FromHours(3), (await engine.Store.FindAsync(id, engine.Limit))!.Settings.Limits.Time);
        var told = (await engine.Store.EventsAsync(id, 0, 100, engine.Limit))[^1];
        Assert.Equal((JobTrigger.Extended, "time limit 1h -> 3h, by alice"), (told.Trigger, told.Detail));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_adopted_attempt_is_told_the_limit_that_was_stored_last()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1, async fixture =>
        {
            var id = (await fixture.Store.AddAsync([EngineFixture.Describe("left", EngineFixture.Alice, fixture.Time.GetUtcNow())], fixture.Limit))[0].Id;
            await fixture.Store.ClaimAsync("here", 1, fixture.Time.GetUtcNow(), fixture.Limit);
            Assert.True(await fixture.Sqlite.SetTimeLimitAsync(id, JobState.Starting, TimeSpan.FromHours(5), "x", fixture.Time.GetUtcNow(), fixture.Limit));
        });

        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(attempt.Key.JobId, JobState.Running);
        Assert.Equal([TimeSpan.FromHours(5)], attempt.TimeLimits);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_limit_that_lies_behind_the_attempt_is_refused_and_changes_nothing()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(settings => settings with { Limits = new JobLimits { Time = TimeSpan.FromHours(4) } });
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Running);
        engine.Time.Advance(TimeSpan.FromHours(2));

        foreach (var change in new TimeLimitChange[]
        {
            new TimeLimitChange.To(TimeSpan.FromHours(1)), new TimeLimitChange.By(TimeSpan.FromHours(-3)), new TimeLimitChange.To(TimeSpan.Zero),
        })
        {
            Assert.IsType<ExtendResult.Refused>(await engine.Extender.ExtendAsync(EngineFixture.Alice, id, change, engine.Limit));
        }

        Assert.Empty(attempt.TimeLimits);
        Assert.IsType<ExtendResult.Extended>(await engine.Extender.ExtendAsync(EngineFixture.Root, id, new TimeLimitChange.Unlimited(), engine.Limit));
        Assert.Equal([null], attempt.TimeLimits);
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_the_owner_and_root_change_a_limit_and_only_while_it_matters()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var id = await engine.SubmitAsync();
        var change = new TimeLimitChange.To(TimeSpan.FromHours(1));
        Assert.IsType<ExtendResult.NotYours>(await engine.Extender.ExtendAsync(EngineFixture.Bob, id, change, engine.Limit));
        Assert.IsType<ExtendResult.NotFound>(await engine.Extender.ExtendAsync(EngineFixture.Root, id + 1, change, engine.Limit));
        Assert.IsType<ExtendResult.Refused>(
            await engine.Extender.ExtendAsync(EngineFixture.Alice, id, new TimeLimitChange.By(TimeSpan.FromHours(1)), engine.Limit));
        await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit);
        Assert.IsType<ExtendResult.Ended>(await engine.Extender.ExtendAsync(EngineFixture.Alice, id, change, engine.Limit));
    }
}
