using Whirr.Domain.Jobs;
using Whirr.Engine.Queue;

namespace Whirr.Tests.Engine;

public sealed class AttemptTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_job_that_exits_with_a_code_is_failed_with_that_code_and_then_forgotten()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        attempt.Start(engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Running);
        attempt.Exit(3, engine.Time.GetUtcNow());

        var job = await engine.BecomesAsync(id, JobState.Failed);
        Assert.Equal((EndReason.ExitCode, 3), (job.Reason, job.Attempt!.ExitCode));
        await attempt.Forgotten.WaitAsync(engine.Limit);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_end_that_the_store_cannot_take_is_kept_until_it_can_and_frees_the_slot_at_once()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 1);
        var id = await engine.SubmitAsync();
        var next = await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        engine.Flaky.FailEnds(2);
        attempt.Exit(0, engine.Time.GetUtcNow());

        Assert.Equal(next, (await engine.NextAttemptAsync()).Key.JobId);
        Assert.False(attempt.Forgotten.IsCompleted);

        // The sweeps in between see a job that is live in the store and holds no slot: it must not be taken for one that was left behind.
        engine.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(engine.Runner.IsQuiet);
        while (!attempt.Forgotten.IsCompleted)
        {
            await Task.WhenAny(attempt.Forgotten, engine.Time.SomebodyWaitsAsync(engine.Limit));
            engine.Limit.ThrowIfCancellationRequested();
            engine.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(JobState.Completed, (await engine.Store.FindAsync(id, engine.Limit))!.State);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_attempt_is_run_again_until_the_attempts_are_used_up()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(maxAttempts: 2);
        var first = await engine.NextAttemptAsync();
        first.Vanish(engine.Time.GetUtcNow());
        var second = await engine.NextAttemptAsync();
        Assert.Equal((id, 2), (second.Key.JobId, second.Key.Number));
        Assert.True(second.Key.LeaseEpoch > first.Key.LeaseEpoch);
        second.Vanish(engine.Time.GetUtcNow());

        var job = await engine.BecomesAsync(id, JobState.Lost);
        Assert.Equal((EndReason.MaxAttempts, EndReason.KeeperDied), (job.Reason, job.Attempt!.Reason));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_attempt_of_a_job_that_says_stop_ends_it_as_lost()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync(onLost: OnLost.Stop);
        (await engine.NextAttemptAsync()).Vanish(engine.Time.GetUtcNow());
        Assert.Equal(EndReason.KeeperDied, (await engine.BecomesAsync(id, JobState.Lost)).Reason);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_lost_attempt_whose_cancellation_was_asked_for_is_cancelled_and_never_run_again()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync();
        var attempt = await engine.NextAttemptAsync();
        var cancel = await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit);
        Assert.Equal(CancelOutcome.Requested, cancel.Outcome);
        attempt.Vanish(engine.Time.GetUtcNow());

        var job = await engine.BecomesAsync(id, JobState.Cancelled);
        Assert.Equal((EndReason.CancelledByUser, "cancelled by alice"), (job.Reason, job.ReasonDetail));
        Assert.True(engine.Runner.IsQuiet);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancellation_that_comes_before_the_keeper_reaches_it()
    {
        await using var engine = await EngineFixture.StartAsync();
        var barrier = new TaskCompletionSource();
        engine.Runner.Barrier = barrier.Task;
        var id = await engine.SubmitAsync();
        await ClaimedAsync(engine, id);
        await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit);
        barrier.SetResult();

        var attempt = await engine.NextAttemptAsync();
        Assert.Equal(TimeSpan.FromSeconds(7), await attempt.Cancelled.WaitAsync(engine.Limit));
        attempt.Exit(0, engine.Time.GetUtcNow(), EndedBy.Cancel);
        await engine.BecomesAsync(id, JobState.Cancelled);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_adopted_attempt_whose_cancellation_was_asked_for_is_cancelled_again()
    {
        long id = 0;
        await using var engine = await EngineFixture.StartAsync(slots: 1, async fixture =>
        {
            id = (await fixture.Store.AddAsync([EngineFixture.Describe("left", EngineFixture.Alice, fixture.Time.GetUtcNow())], fixture.Limit))[0].Id;
            await fixture.Store.ClaimAsync("here", 1, fixture.Time.GetUtcNow(), fixture.Limit);
            Assert.True(await fixture.Store.RequestCancelAsync(id, JobState.Starting, "cancelled by alice", fixture.Time.GetUtcNow(), fixture.Limit));
        });

        var attempt = await engine.NextAttemptAsync();
        await attempt.Cancelled.WaitAsync(engine.Limit);
        attempt.Exit(0, engine.Time.GetUtcNow(), EndedBy.Cancel);
        await engine.BecomesAsync(id, JobState.Cancelled);
    }

    /// <summary>Waits until the store shows that the job was claimed, which nobody is told of.</summary>
    private static async Task ClaimedAsync(EngineFixture engine, long id)
    {
        while ((await engine.Store.FindAsync(id, engine.Limit))!.State != JobState.Starting)
        {
            await Task.Yield();
        }
    }
}
