using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    [Fact(Timeout = TimeLimit)]
    public async Task An_empty_queue_gives_nothing() => Assert.Empty(await Store.ClaimAsync("here", 10, Noon, None));

    [Fact(Timeout = TimeLimit)]
    public async Task A_claimed_job_has_a_first_attempt_on_the_node()
    {
        var id = await AddAsync();

        var job = Assert.Single(await Store.ClaimAsync("node-1", 5, Noon.AddSeconds(1), None)).Job;

        Assert.Equal((id, JobState.Starting), (job.Id, job.State));
        Assert.Equal((id, 1), (job.Attempt!.Key.JobId, job.Attempt.Key.Number));
        Assert.Equal(("node-1", Noon.AddSeconds(1)), (job.Attempt.Node, job.Attempt.ClaimedAt));
        Assert.Equal((null, null, null), (job.Attempt.StartedAt, job.Attempt.Pid, job.Attempt.RunDir));
        Assert.Equivalent(job, await FindAsync(id), strict: true);
        Assert.Equal(1, (await CountsAsync())[JobState.Starting]);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Jobs_are_claimed_by_priority_then_age_then_id()
    {
        var late = await AddAsync(at: Noon.AddMinutes(1));
        var early = await AddAsync(at: Noon);
        var urgent = await AddAsync(Settings() with { Priority = 10 }, at: Noon.AddMinutes(9));
        var twin = await AddAsync(at: Noon);
        var unimportant = await AddAsync(Settings() with { Priority = -1 }, at: Noon.AddMinutes(-9));
        long[] expected = [urgent, early, twin, late, unimportant];

        Assert.Equal(expected, (await Store.ListAsync(new JobFilter { Order = JobOrder.Queue }, None)).Select(job => job.Id));
        Assert.Equal(expected[..2], (await Store.ClaimAsync("here", 2, Noon, None)).Select(claimed => claimed.Job.Id));
        Assert.Equal(expected[2..], (await Store.ClaimAsync("here", 9, Noon, None)).Select(claimed => claimed.Job.Id));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Four_callers_never_get_the_same_of_twenty_jobs()
    {
        await Store.AddAsync([.. Enumerable.Range(0, 20).Select(_ => NewJob())], None);

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            var mine = new List<Job>();
            while (await Store.ClaimAsync($"node-{caller}", 1, Noon, None) is [var claimed])
            {
                mine.Add(claimed.Job);
                Assert.True(await StartAsync(claimed.Job));
                Assert.True(await Store.EndAttemptAsync(EndOf(claimed.Job, JobState.Running, JobState.Completed), None));
            }

            return mine;
        })));

        var all = taken.SelectMany(jobs => jobs).ToList();
        Assert.Equal(20, all.Select(job => job.Id).Distinct().Count());
        Assert.Equal(20, all.Count);
        Assert.Equal(20, all.Select(job => job.Attempt!.Key.LeaseEpoch).Distinct().Count());
        Assert.Equal(20, (await CountsAsync())[JobState.Completed]);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Eight_threads_add_claim_and_complete_fifty_jobs_each_without_an_error()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var count = 0; count < 50; count++)
            {
                await AddAsync();
                var job = await ClaimOneAsync();
                Assert.True(await StartAsync(job));
                Assert.NotEmpty(await Store.ListAsync(new JobFilter { States = [JobState.Running] }, None));
                Assert.True(await Store.EndAttemptAsync(EndOf(job, JobState.Running, JobState.Completed), None));
            }
        })));

        Assert.Equal(new Dictionary<JobState, long> { [JobState.Completed] = 400 }, (await CountsAsync()).ToDictionary());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_requeued_job_gets_a_new_attempt_with_a_higher_epoch_and_forgets_why_it_was_requeued()
    {
        var first = await JobInAsync(JobState.Running);
        Assert.True(await Store.EndAttemptAsync(EndOf(first, JobState.Running, JobState.Queued), None));

        var waiting = await FindAsync(first.Id);
        Assert.Equal((JobState.Queued, EndReason.KeeperDied, "its keeper died"), (waiting.State, waiting.Reason, waiting.ReasonDetail));
        Assert.Null(waiting.FinishedAt);
        Assert.Equal((1, Noon.AddSeconds(9)), (waiting.Attempt!.Key.Number, waiting.Attempt.FinishedAt));

        var second = await ClaimOneAsync();
        Assert.Equal((first.Id, 2), (second.Id, second.Attempt!.Key.Number));
        Assert.True(second.Attempt.Key.LeaseEpoch > first.Attempt!.Key.LeaseEpoch);
        Assert.Equal((EndReason.None, null), (second.Reason, second.ReasonDetail));
        Assert.Equal((null, null, EndReason.None), (second.Attempt.StartedAt, second.Attempt.FinishedAt, second.Attempt.Reason));
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task Only_a_queued_job_is_claimed(JobState state)
    {
        var job = await JobInAsync(state);
        var before = await PictureAsync(job.Id);

        var claimed = await Store.ClaimAsync("here", 10, Noon, None);

        Assert.Equal(state == JobState.Queued ? 1 : 0, claimed.Count);
        Assert.Equal(state == JobState.Queued, before != await PictureAsync(job.Id));
    }
}
