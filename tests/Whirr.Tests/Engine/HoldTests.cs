using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

public sealed class HoldTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_drained_queue_starts_nothing_lets_running_jobs_go_on_and_goes_on_when_resumed()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        var running = await RunAsync(engine);
        await engine.Holds.SetAsync(new QueueHold("root", engine.Time.GetUtcNow(), "new disk"), engine.Limit);
        var waiting = await engine.SubmitAsync();
        running.Exit(0, engine.Time.GetUtcNow());
        await engine.BecomesAsync(running.Key.JobId, JobState.Completed);
        Assert.True(engine.Runner.IsQuiet);
        Assert.Equal("the queue is drained by root: new disk", engine.Holds.WhyNot(null));

        await engine.Holds.SetAsync(null, engine.Limit);

        Assert.Equal(waiting, (await engine.NextAttemptAsync()).Key.JobId);
        Assert.Null(engine.Holds.WhyNot(null));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hold_of_an_earlier_daemon_is_honoured_before_anything_starts()
    {
        await using var engine = await EngineFixture.StartAsync(beforeStart: async fixture =>
        {
            await fixture.Sqlite.SetHoldAsync(new QueueHold("ada", fixture.Time.GetUtcNow(), null), fixture.Limit);
            await fixture.Store.AddAsync([EngineFixture.Describe("left", EngineFixture.Alice, fixture.Time.GetUtcNow())], fixture.Limit);
        });

        await engine.Time.TimerInAsync(TimeSpan.FromSeconds(30), engine.Limit);
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(engine.Runner.IsQuiet);
        Assert.Equal("ada", engine.Holds.Drained?.By);
    }

    private static async Task<ScriptedAttempt> RunAsync(EngineFixture engine)
    {
        await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(attempt.Key.JobId, JobState.Running);
        return attempt;
    }
}
