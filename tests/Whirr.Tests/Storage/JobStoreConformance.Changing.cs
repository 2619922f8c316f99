using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task Only_a_starting_job_is_marked_as_started(JobState state)
    {
        var job = await JobInAsync(state);

        await ChangesOnlyIfAsync(state == JobState.Starting, job.Id, JobTrigger.Started, () => StartAsync(job));
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task An_attempt_is_ended_only_while_it_is_live_and_its_job_is_where_the_caller_thinks(JobState state)
    {
        foreach (var from in JobStates.All)
        {
            var job = await JobInAsync(state);
            var legal = from == state && (state is JobState.Starting or JobState.Running);

            await ChangesOnlyIfAsync(
                legal, job.Id, JobTrigger.Failed, () => Store.EndAttemptAsync(EndOf(job, from, JobState.Failed), None));
            await EmptyQueueAsync();
        }
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task A_job_without_a_live_attempt_is_ended_only_where_the_caller_thinks_it_is(JobState state)
    {
        foreach (var from in new[] { JobState.Queued, JobState.Allocated })
        {
            var job = await JobInAsync(state);

            await ChangesOnlyIfAsync(
                from == state, job.Id, JobTrigger.Cancelled, () => Store.EndJobAsync(job.Id, CancelFrom(from), None));
            await EmptyQueueAsync();
        }
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task Ending_all_queued_jobs_ends_no_other(JobState state)
    {
        var job = await JobInAsync(state);

        await ChangesOnlyIfAsync(
            state == JobState.Queued,
            job.Id,
            JobTrigger.Cancelled,
            async () => (await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None)).SequenceEqual([job.Id]));
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task A_cancellation_is_recorded_only_for_a_live_job_where_the_caller_thinks_it_is(JobState state)
    {
        foreach (var expected in JobStates.All.Where(state => state.IsLive()))
        {
            var job = await JobInAsync(state);

            await ChangesOnlyIfAsync(
                expected == state,
                job.Id,
                JobTrigger.CancelRequested,
                () => Store.RequestCancelAsync(job.Id, expected, "cancelled by ada", Noon.AddSeconds(4), None));
            await EmptyQueueAsync();
        }
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(+1, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, +1)]
    [InlineData(0, -1)]
    public async Task A_key_that_is_not_the_current_one_changes_nothing(int epochOff, int numberOff)
    {
        foreach (var state in new[] { JobState.Starting, JobState.Running })
        {
            var job = await JobInAsync(state);
            var key = KeyOf(job) with { LeaseEpoch = KeyOf(job).LeaseEpoch + epochOff, Number = KeyOf(job).Number + numberOff };
            var before = await PictureAsync(job.Id);

            Assert.False(await Store.MarkStartedAsync(key, new AttemptStart(1, "/runs/x", Noon), None));
            Assert.False(await Store.EndAttemptAsync(EndOf(job, state, JobState.Failed) with { Key = key }, None));
            Assert.Equal(before, await PictureAsync(job.Id));
        }
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_old_attempt_cannot_touch_its_job_after_the_next_claim()
    {
        var first = await JobInAsync(JobState.Running);
        Assert.True(await Store.EndAttemptAsync(EndOf(first, JobState.Running, JobState.Queued), None));
        var second = await ClaimOneAsync();
        var before = await PictureAsync(first.Id);

        Assert.False(await StartAsync(first));
        Assert.False(await Store.EndAttemptAsync(EndOf(first, JobState.Starting, JobState.Completed), None));
        Assert.Equal(before, await PictureAsync(first.Id));
        Assert.True(await StartAsync(second));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_end_of_an_attempt_is_kept_with_what_it_used()
    {
        var job = await JobInAsync(JobState.Running);
        var ended = EndOf(job, JobState.Running, JobState.Failed);

        Assert.True(await Store.EndAttemptAsync(ended, None));

        var found = await FindAsync(job.Id);
        Assert.Equal((JobState.Failed, EndReason.ExitCode, "the command exited with code 3"), (found.State, found.Reason, found.ReasonDetail));
        Assert.Equal(Noon.AddSeconds(9), found.FinishedAt);
        Assert.Equal((3, 0, EndReason.ExitCode), (found.Attempt!.ExitCode, found.Attempt.Signal, found.Attempt.Reason));
        Assert.Equal((Noon.AddSeconds(2), Noon.AddSeconds(9)), (found.Attempt.StartedAt, found.Attempt.FinishedAt));
        Assert.Equal((4711, "/runs/job"), (found.Attempt.Pid, found.Attempt.RunDir));
        Assert.Equal(ended.Ending.Usage, found.Attempt.Usage);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_attempt_that_ended_before_its_start_was_recorded_keeps_the_start_that_its_end_tells()
    {
        var job = await JobInAsync(JobState.Starting);
        var ending = new AttemptEnding.Exited(137, 9, EndedBy.Itself)
        {
            StartedAt = Noon.AddSeconds(3),
            EndedAt = Noon.AddSeconds(4),
            RunDir = "/runs/told-at-the-end",
        };

        Assert.True(await Store.EndAttemptAsync(EndOf(job, JobState.Starting, JobState.Failed) with { Ending = ending }, None));

        var attempt = (await FindAsync(job.Id)).Attempt!;
        Assert.Equal((137, 9), (attempt.ExitCode, attempt.Signal));
        Assert.Equal((Noon.AddSeconds(3), "/runs/told-at-the-end"), (attempt.StartedAt, attempt.RunDir));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_attempt_that_never_ran_has_no_exit_code()
    {
        var job = await JobInAsync(JobState.Starting);
        var ending = new AttemptEnding.StartFailed("no such program: /bin/nope", EndedBy.Itself) { EndedAt = Noon };
        var verdict = AttemptVerdict.Decide(job, ending);

        Assert.True(await Store.EndAttemptAsync(new AttemptEnd(KeyOf(job), JobState.Starting, ending, verdict, JobState.Failed), None));

        var found = await FindAsync(job.Id);
        Assert.Equal((EndReason.StartFailed, "no such program: /bin/nope"), (found.Reason, found.ReasonDetail));
        Assert.Equal((null, 0, null), (found.Attempt!.ExitCode, found.Attempt.Signal, found.Attempt.StartedAt));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Ending_all_jobs_of_an_owner_leaves_those_of_others()
    {
        var adas = new[] { await AddAsync(), await AddAsync() };
        var bobs = await AddAsync(owner: Bob);

        Assert.Equal(adas, await Store.EndJobsAsync(Ada.Uid, CancelFrom(JobState.Queued), None));
        Assert.Equal(JobState.Queued, (await FindAsync(bobs)).State);
        Assert.Equal([bobs], await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None));
        Assert.Empty(await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None));

        var job = await FindAsync(adas[0]);
        Assert.Equal((JobState.Cancelled, EndReason.CancelledByUser, "cancelled by ada"), (job.State, job.Reason, job.ReasonDetail));
        Assert.Equal(Noon.AddSeconds(5), job.FinishedAt);
        Assert.Equal(3, (await CountsAsync())[JobState.Cancelled]);

        var submitted = new JobEvent
        {
            Seq = 0,
            JobId = job.Id,
            At = Noon,
            Trigger = JobTrigger.Submitted,
            From = JobState.Queued,
            To = JobState.Queued,
        };
        var cancelled = submitted with
        {
            At = Noon.AddSeconds(5),
            Trigger = JobTrigger.Cancelled,
            To = JobState.Cancelled,
            Reason = EndReason.CancelledByUser,
            Detail = "cancelled by ada",
        };
        Assert.Equal([submitted, cancelled], (await EventsAsync(job.Id)).Select(e => e with { Seq = 0 }));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_first_request_to_cancel_is_kept_and_a_second_one_changes_nothing()
    {
        var job = await JobInAsync(JobState.Running);
        Assert.True(await Store.RequestCancelAsync(job.Id, JobState.Running, "cancelled by ada", Noon.AddSeconds(4), None));
        var before = await PictureAsync(job.Id);

        Assert.True(await Store.RequestCancelAsync(job.Id, JobState.Running, "cancelled by root", Noon.AddSeconds(8), None));

        Assert.Equal(before, await PictureAsync(job.Id));
        var found = await FindAsync(job.Id);
        Assert.Equal((JobState.Running, Noon.AddSeconds(4), "cancelled by ada"), (found.State, found.CancelRequestedAt, found.ReasonDetail));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_request_to_cancel_survives_the_start_of_the_command()
    {
        var job = await JobInAsync(JobState.Starting);
        Assert.True(await Store.RequestCancelAsync(job.Id, JobState.Starting, "cancelled by ada", Noon, None));
        Assert.True(await StartAsync(job));

        Assert.Equal((JobState.Running, Noon), ((await FindAsync(job.Id)).State, (await FindAsync(job.Id)).CancelRequestedAt));
        Assert.False(await Store.RequestCancelAsync(job.Id, JobState.Starting, "again", Noon, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_job_that_does_not_exist_is_not_changed()
    {
        var key = new AttemptKey(777, 1, 1);
        Assert.False(await Store.MarkStartedAsync(key, new AttemptStart(1, "/runs/x", Noon), None));
        Assert.False(await Store.EndJobAsync(777, CancelFrom(JobState.Queued), None));
        Assert.False(await Store.RequestCancelAsync(777, JobState.Running, "x", Noon, None));
    }

    /// <summary>Holds that the change is made exactly when it is legal, with exactly one event, and that nothing else is.</summary>
    private async Task ChangesOnlyIfAsync(bool legal, long id, JobTrigger trigger, Func<Task<bool>> change)
    {
        var before = await PictureAsync(id);
        var events = await EventsAsync(id);

        Assert.Equal(legal, await change());

        if (!legal)
        {
            Assert.Equal(before, await PictureAsync(id));
            return;
        }

        await CountsAsync();
        var appended = Assert.Single((await EventsAsync(id)).Skip(events.Count));
        Assert.Equal((trigger, (await FindAsync(id)).State), (appended.Trigger, appended.To));
    }

    // JobInAsync needs to be the only job that can be claimed.
    private async Task EmptyQueueAsync() => await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None);
}
