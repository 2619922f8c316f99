using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Tests.Engine;

public sealed class RetryPauseTests
{
    // Not 30 s: the sweep of the rescuer has that.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(31);

    [Fact(Timeout = 30_000)]
    public async Task A_failed_attempt_is_run_again_after_its_pause_and_not_before()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(WithRetries);
        (await engine.NextAttemptAsync()).Exit(1, engine.Time.GetUtcNow());
        var waiting = await engine.BecomesAsync(id, JobState.Queued);
        Assert.Equal((1, 0, engine.Time.GetUtcNow() + Pause), (waiting.RetriesUsed, waiting.Losses, waiting.EligibleAt));
        Assert.Equal(EndReason.ExitCode, waiting.Reason);

        await engine.Time.TimerInAsync(Pause, engine.Limit);
        engine.Time.Advance(Pause - TimeSpan.FromSeconds(1));
        Assert.True(engine.Runner.IsQuiet);
        engine.Time.Advance(TimeSpan.FromSeconds(1));

        var second = await engine.NextAttemptAsync();
        Assert.Equal((id, 2), (second.Key.JobId, second.Key.Number));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pausing_job_leaves_its_slot_to_others()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        await engine.SubmitAsync(WithRetries);
        var other = await engine.SubmitAsync();
        (await engine.NextAttemptAsync()).Exit(1, engine.Time.GetUtcNow());

        Assert.Equal(other, (await engine.NextAttemptAsync()).Key.JobId);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pausing_job_that_is_cancelled_is_never_run_again()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(WithRetries);
        (await engine.NextAttemptAsync()).Exit(1, engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Queued);
        await engine.Time.TimerInAsync(Pause, engine.Limit);
        Assert.Equal(CancelOutcome.Cancelled, (await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit)).Outcome);

        engine.Time.Advance(Pause * 2);

        var next = await engine.SubmitAsync();
        Assert.Equal(next, (await engine.NextAttemptAsync()).Key.JobId);
        Assert.True(engine.Runner.IsQuiet);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(-86_400, 31)]
    [InlineData(86_400, 0)]
    [InlineData(10, 21)]
    public async Task After_a_restart_a_pause_is_never_longer_than_it_was_whatever_the_clock_says(int clockStep, int rest)
    {
        await using var engine = await EngineFixture.StartAsync(beforeStart: async fixture =>
        {
            var job = EngineFixture.Describe("left", EngineFixture.Alice, fixture.Time.GetUtcNow());
            var id = (await fixture.Store.AddAsync([job with { Settings = WithRetries(job.Settings) }], fixture.Limit))[0].Id;
            await fixture.Store.ClaimAsync("here", 1, fixture.Time.GetUtcNow(), fixture.Limit);
            var claimed = (await fixture.Store.FindAsync(id, fixture.Limit))!;
            var ending = new AttemptEnding.Exited(1, 0, EndedBy.Itself) { EndedAt = fixture.Time.GetUtcNow() };
            var verdict = AttemptVerdict.Decide(claimed, ending);
            Assert.True(await fixture.Store.EndAttemptAsync(
                new AttemptEnd(claimed.Attempt!.Key, claimed.State, ending, verdict, JobState.Queued), fixture.Limit));
            fixture.Time.Advance(TimeSpan.FromSeconds(clockStep));
        });

        if (rest > 0)
        {
            await engine.Time.TimerInAsync(TimeSpan.FromSeconds(rest), engine.Limit);
            Assert.True(engine.Runner.IsQuiet);
            engine.Time.Advance(TimeSpan.FromSeconds(rest));
        }

        Assert.Equal(2, (await engine.NextAttemptAsync()).Key.Number);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_user_whose_place_takes_no_jobs_does_not_hold_up_the_others()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        var alices = await engine.SubmitAsync(priority: 9);
        (await engine.NextAttemptAsync()).RefuseToStart(engine.Time.GetUtcNow());
        await engine.BecomesAsync(alices, JobState.Queued);

        var bobs = await engine.SubmitAsync(owner: EngineFixture.Bob);
        var running = await engine.NextAttemptAsync();
        Assert.Equal(bobs, running.Key.JobId);
        Assert.Contains(engine.Troubles.Current, sentence => sentence.Contains("alice", StringComparison.Ordinal));

        await engine.Time.TimerInAsync(TimeSpan.FromSeconds(1), engine.Limit);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        running.Exit(0, engine.Time.GetUtcNow());
        var again = await engine.NextAttemptAsync();
        Assert.Equal(alices, again.Key.JobId);
        again.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(alices, JobState.Running);
        Assert.Empty(engine.Troubles.Current);
    }

    private static JobSettings WithRetries(JobSettings settings) =>
        settings with { Retry = new RetryPolicy { Retries = 1, FirstPause = Pause } };
}
