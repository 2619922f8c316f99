using Whirr.Domain.Jobs;
using Whirr.Engine.Queue;

namespace Whirr.Tests.Engine;

public sealed class JobQueueTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_queued_job_is_cancelled_at_once()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var id = await engine.SubmitAsync();
        Assert.Equal(new CancelResult(CancelOutcome.Cancelled, JobState.Cancelled), await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit));
        Assert.Equal(new CancelResult(CancelOutcome.AlreadyEnded, JobState.Cancelled), await engine.Queue.CancelAsync(EngineFixture.Alice, id, engine.Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_the_owner_and_root_may_cancel()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var id = await engine.SubmitAsync();
        Assert.Equal(CancelOutcome.NotYours, (await engine.Queue.CancelAsync(EngineFixture.Bob, id, engine.Limit)).Outcome);
        Assert.Equal(CancelOutcome.Cancelled, (await engine.Queue.CancelAsync(EngineFixture.Root, id, engine.Limit)).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_everything_queued_touches_only_what_the_caller_owns()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        await engine.SubmitAsync(owner: EngineFixture.Alice);
        await engine.SubmitAsync(owner: EngineFixture.Alice);
        var bobs = await engine.SubmitAsync(owner: EngineFixture.Bob);
        Assert.Equal(2, await engine.Queue.CancelAllQueuedAsync(EngineFixture.Alice, engine.Limit));
        Assert.Equal(JobState.Queued, (await engine.Store.FindAsync(bobs, engine.Limit))!.State);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_job_that_does_not_exist_is_not_found()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        Assert.Equal(CancelOutcome.NotFound, (await engine.Queue.CancelAsync(EngineFixture.Root, 99, engine.Limit)).Outcome);
        Assert.Null(await engine.Queue.WaitAsync(99, engine.Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_retry_is_a_new_job_with_the_old_settings_and_environment()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync("train");
        (await engine.NextAttemptAsync()).Exit(1, engine.Time.GetUtcNow());
        await engine.BecomesAsync(id, JobState.Failed);

        var uid = Guid.CreateVersion7();
        var submitted = Assert.IsType<RetryResult.Submitted>(await engine.Queue.RetryAsync(EngineFixture.Alice, id, uid, engine.Limit));
        var repeated = Assert.IsType<RetryResult.Submitted>(await engine.Queue.RetryAsync(EngineFixture.Alice, id, uid, engine.Limit));
        var job = (await engine.Store.FindAsync(submitted.Job.Id, engine.Limit))!;
        Assert.Equal(("train", (long?)id), (job.Settings.Name, job.Settings.ParentJobId));
        Assert.Equal(submitted.Job.Id, repeated.Job.Id);
        Assert.Equal("A=1\0"u8.ToArray(), await engine.Store.FindEnvironmentAsync(job.Id, engine.Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task Only_failed_cancelled_and_lost_jobs_are_retried_and_only_by_their_owner()
    {
        await using var engine = await EngineFixture.StartAsync(slots: 0);
        var id = await engine.SubmitAsync();
        Assert.IsType<RetryResult.WrongState>(await engine.Queue.RetryAsync(EngineFixture.Alice, id, Guid.NewGuid(), engine.Limit));
        Assert.IsType<RetryResult.NotYours>(await engine.Queue.RetryAsync(EngineFixture.Bob, id, Guid.NewGuid(), engine.Limit));
        Assert.IsType<RetryResult.NotFound>(await engine.Queue.RetryAsync(EngineFixture.Root, id + 1, Guid.NewGuid(), engine.Limit));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_waiter_hears_of_the_end_of_its_job()
    {
        await using var engine = await EngineFixture.StartAsync();
        var id = await engine.SubmitAsync();
        var wait = engine.Queue.WaitAsync(id, engine.Limit);
        (await engine.NextAttemptAsync()).Exit(0, engine.Time.GetUtcNow());
        Assert.Equal(JobState.Completed, (await wait)!.State);
    }
}
