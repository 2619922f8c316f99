using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Storage;

public abstract partial class JobStoreConformance
{
    private ILeaseStore Leases => (ILeaseStore)Store;

    [Fact(Timeout = TimeLimit)]
    public async Task Limits_retries_watches_and_notices_are_kept()
    {
        var settings = Settings() with
        {
            Limits = new JobLimits
            {
                Time = TimeSpan.FromHours(8),
                Warning = new TimeWarning(10, TimeSpan.FromMinutes(5)),
                MemoryBytes = 8L << 30,
                CpuMillis = 1500,
                Pids = 99,
                Nice = 5,
                Io = new IoPriority(IoClass.Idle, 0),
                PerProcess = [new ProcessLimit(7, 1024, ulong.MaxValue)],
                LogBytes = 0,
            },
            Retry = new RetryPolicy { Retries = 3, On = RetryCauses.Parse("exit:75,oom"), FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.FromMinutes(2) },
            Watch = new JobWatch { StallAfter = TimeSpan.FromMinutes(30), OnStall = StallAction.Dump, StallSignal = 3, FailOnNan = true },
            Notices = new NoticeSettings { Events = NoticeEvents.End | NoticeEvents.Stall, Targets = ["mail", "https://example.org/x"] },
        };

        var found = (await FindAsync(await AddAsync(settings))).Settings;

        Assert.Equal(settings.Limits.PerProcess, found.Limits.PerProcess);
        Assert.Equal(settings.Limits, found.Limits with { PerProcess = settings.Limits.PerProcess });
        Assert.Equal((settings.Retry, settings.Watch), (found.Retry, found.Watch));
        Assert.Equal(settings.Notices.Events, found.Notices!.Events);
        Assert.Equal(settings.Notices.Targets, found.Notices.Targets);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_time_limit_alone_and_notices_of_nothing_are_kept()
    {
        var settings = Settings() with { Limits = new JobLimits { Time = TimeSpan.FromMilliseconds(1) }, Notices = new NoticeSettings() };
        var found = (await FindAsync(await AddAsync(settings))).Settings;
        Assert.Equal(TimeSpan.FromMilliseconds(1), found.Limits.Time);
        Assert.Equal(NoticeEvents.None, found.Notices!.Events);

        var plain = (await FindAsync(await AddAsync())).Settings;
        Assert.Equal((JobLimits.None, RetryPolicy.Never, JobWatch.None), (plain.Limits, plain.Retry, plain.Watch));
        Assert.Null(plain.Notices);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_attempt_keeps_its_reason_log_section_and_use()
    {
        var job = await JobInAsync(JobState.Running);
        Assert.Equal(77, job.Attempt!.LogOffset);
        Assert.Equal(job.Attempt.StartedAt, job.Attempt.HeartbeatAt);
        var used = new AttemptUsage(1, TimeSpan.FromSeconds(2)) { PeakTreeBytes = 3, ReadBytes = 4, WrittenBytes = 5 };
        var end = EndOf(job, JobState.Running, JobState.Failed);

        Assert.True(await Store.EndAttemptAsync(end with { Ending = end.Ending with { Usage = used } }, None));

        var attempt = Assert.Single(await Leases.ListAttemptsOfAsync(job.Id, None));
        Assert.Equal((77L, used, "the command exited with code 3"), (attempt.LogOffset!.Value, attempt.Usage, attempt.ReasonDetail));
        Assert.Equal((await FindAsync(job.Id)).Attempt, attempt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Retries_and_losses_are_counted_apart_and_put_backs_not_at_all()
    {
        var id = await AddAsync();
        foreach (var counts in new[] { AttemptCount.Retry, AttemptCount.Loss, AttemptCount.None, AttemptCount.Loss })
        {
            await RequeueAsync(await ClaimOneAsync(), counts, TimeSpan.Zero);
        }

        var job = await FindAsync(id);
        Assert.Equal((JobState.Queued, 1, 2, null), (job.State, job.RetriesUsed, job.Losses, job.EligibleAt));
        Assert.Equal([1, 2, 3, 4], (await Leases.ListAttemptsOfAsync(id, None)).Select(attempt => attempt.Key.Number));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_pausing_job_is_passed_over_until_its_pause_is_ended()
    {
        var id = await AddAsync(Settings() with { Priority = 9 });
        var other = await AddAsync();
        await RequeueAsync(await ClaimOneAsync(), AttemptCount.Retry, TimeSpan.FromSeconds(30));

        Assert.Equal(Noon.AddSeconds(39), (await FindAsync(id)).EligibleAt);
        Assert.Equal([new PausedJob(id, Noon.AddSeconds(39), TimeSpan.FromSeconds(30))], await Leases.ListPausedAsync(9, None));
        Assert.Equal([other], (await Store.ClaimAsync("here", 9, Noon.AddYears(1), None)).Select(claimed => claimed.Job.Id));
        Assert.Equal([id, other], (await Store.ListAsync(new JobFilter { Order = JobOrder.Queue }, None)).Select(job => job.Id));

        await Leases.EndPausesAsync([id, other, 777], None);

        Assert.Empty(await Leases.ListPausedAsync(9, None));
        Assert.Null((await FindAsync(id)).EligibleAt);
        Assert.Equal([id], (await Store.ClaimAsync("here", 9, Noon, None)).Select(claimed => claimed.Job.Id));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_pausing_job_can_be_cancelled_and_pauses_no_more()
    {
        var one = await AddAsync();
        await RequeueAsync(await ClaimOneAsync(), AttemptCount.Retry, TimeSpan.FromSeconds(30));
        Assert.True(await Store.EndJobAsync(one, CancelFrom(JobState.Queued), None));
        var two = await AddAsync();
        await RequeueAsync(await ClaimOneAsync(), AttemptCount.Retry, TimeSpan.FromSeconds(30));
        Assert.Equal([two], await Store.EndJobsAsync(null, CancelFrom(JobState.Queued), None));

        Assert.Empty(await Leases.ListPausedAsync(9, None));
        Assert.Null((await FindAsync(one)).EligibleAt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task The_queue_order_holds_across_jobs_that_pause_and_pages()
    {
        var ids = new List<long>();
        for (var index = 0; index < 6; index++)
        {
            ids.Add(await AddAsync());
            if (index % 2 == 0)
            {
                await RequeueAsync((await Store.ClaimAsync("here", 9, Noon, None)).Single(claimed => claimed.Job.Id == ids[^1]).Job, AttemptCount.Retry, TimeSpan.FromHours(1));
                foreach (var live in await Store.ListLiveAsync(None))
                {
                    await RequeueAsync(live, AttemptCount.None, TimeSpan.Zero);
                }
            }
        }

        var seen = new List<long>();
        JobCursor? after = null;
        while (await Store.ListAsync(new JobFilter { Order = JobOrder.Queue, Limit = 2, After = after }, None) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(job => job.Id));
            after = new JobCursor(page[^1].Id, page[^1].Settings.Priority, page[^1].CreatedAt);
        }

        Assert.Equal(ids, seen);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Only_the_current_attempt_of_a_live_job_holds_its_lease()
    {
        var first = await JobInAsync(JobState.Running);
        await RequeueAsync(first, AttemptCount.Loss, TimeSpan.Zero);
        var second = await ClaimOneAsync();
        Assert.True(await Store.RequestCancelAsync(second.Id, JobState.Starting, "cancelled by ada", Noon, None));
        var unknown = new AttemptKey(777, 1, 777);

        var renewals = await Leases.RenewLeasesAsync([KeyOf(first), KeyOf(second), unknown], Noon.AddSeconds(60), Noon.AddSeconds(180), None);

        Assert.Equal(
            [new(KeyOf(first), IsHeld: false, CancelRequested: false), new(KeyOf(second), IsHeld: true, CancelRequested: true), new(unknown, IsHeld: false, CancelRequested: false)],
            renewals);
        var attempts = await Leases.ListAttemptsOfAsync(first.Id, None);
        Assert.Equal((Noon.AddSeconds(2), null), (attempts[0].HeartbeatAt, attempts[0].LeaseExpiresAt));
        Assert.Equal((Noon.AddSeconds(60), Noon.AddSeconds(180)), (attempts[1].HeartbeatAt, attempts[1].LeaseExpiresAt));
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task A_time_limit_is_changed_only_where_the_caller_thinks_the_job_is(JobState state)
    {
        foreach (var expected in JobStates.All.Where(from => JobTransitions.Next(from, JobTrigger.Extended) is not null))
        {
            var job = await JobInAsync(state);

            await ChangesOnlyIfAsync(
                expected == state,
                job.Id,
                JobTrigger.Extended,
                () => Leases.SetTimeLimitAsync(job.Id, expected, TimeSpan.FromHours(2), "2h, by ada", Noon, None));
            Assert.Equal(expected == state ? TimeSpan.FromHours(2) : null, (await FindAsync(job.Id)).Settings.Limits.Time);
            await EmptyQueueAsync();
        }
    }

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(States))]
    public async Task A_note_is_taken_only_about_the_current_attempt_where_the_caller_thinks_it_is(JobState state)
    {
        var job = await JobInAsync(state);

        await ChangesOnlyIfAsync(
            state == JobState.Running,
            job.Id,
            JobTrigger.Stalled,
            () => Leases.NoteAsync(KeyOf(job), JobState.Running, JobTrigger.Stalled, EndReason.Stalled, "no output for 30m", Noon, None));
        Assert.False(await Leases.NoteAsync(
            KeyOf(job) with { LeaseEpoch = 777 }, JobState.Running, JobTrigger.Stalled, EndReason.Stalled, "x", Noon, None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_hold_is_remembered_with_who_when_and_why_until_it_is_lifted()
    {
        Assert.Null(await Leases.FindHoldAsync(None));
        await Leases.SetHoldAsync(new QueueHold("ada", Noon, "new disk"), None);
        await Leases.SetHoldAsync(new QueueHold("bob", Noon.AddSeconds(1), null), None);
        await ReopenAsync();
        Assert.Equal(new QueueHold("bob", Noon.AddSeconds(1), null), await Leases.FindHoldAsync(None));

        await Leases.SetHoldAsync(null, None);

        Assert.Null(await Leases.FindHoldAsync(None));
    }

    /// <summary>Puts the job of a live attempt back in the queue, nine seconds past noon.</summary>
    private async Task RequeueAsync(Job job, AttemptCount counts, TimeSpan pause)
    {
        var now = await FindAsync(job.Id);
        var ended = EndOf(now, now.State, JobState.Queued);
        var trigger = counts == AttemptCount.Retry ? JobTrigger.Retried : JobTrigger.Requeued;
        Assert.True(await Store.EndAttemptAsync(ended with { Verdict = ended.Verdict with { Trigger = trigger, Counts = counts, Pause = pause } }, None));
    }
}
