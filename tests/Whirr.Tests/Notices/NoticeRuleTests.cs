using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Notices;

namespace Whirr.Tests.Notices;

public sealed class NoticeRuleTests
{
    private static readonly NoticeDefaults Everything = new((NoticeEvents)127, ["command", "https://example.org/hook", "mail"], 20);

    public static TheoryData<JobTrigger, JobState, EndReason, NoticeEvents> Cases => new()
    {
        { JobTrigger.Completed, JobState.Completed, EndReason.None, NoticeEvents.End },
        { JobTrigger.Cancelled, JobState.Cancelled, EndReason.CancelledByUser, NoticeEvents.End },
        { JobTrigger.Failed, JobState.Failed, EndReason.ExitCode, NoticeEvents.End | NoticeEvents.Failure },
        { JobTrigger.Lost, JobState.Lost, EndReason.KeeperDied, NoticeEvents.End | NoticeEvents.Failure },
        { JobTrigger.Stalled, JobState.Running, EndReason.None, NoticeEvents.Stall },
        { JobTrigger.Alerted, JobState.Running, EndReason.None, NoticeEvents.Alert },
        { JobTrigger.Retried, JobState.Queued, EndReason.ExitCode, NoticeEvents.Retry },
        { JobTrigger.Requeued, JobState.Queued, EndReason.KeeperDied, NoticeEvents.Retry },
        { JobTrigger.Requeued, JobState.Queued, EndReason.DiskFull, NoticeEvents.None },
        { JobTrigger.Requeued, JobState.Queued, EndReason.StartFailed, NoticeEvents.None },
        { JobTrigger.Submitted, JobState.Queued, EndReason.None, NoticeEvents.None },
        { JobTrigger.Claimed, JobState.Starting, EndReason.None, NoticeEvents.None },
        { JobTrigger.Started, JobState.Running, EndReason.None, NoticeEvents.None },
        { JobTrigger.Resumed, JobState.Running, EndReason.None, NoticeEvents.None },
        { JobTrigger.Silent, JobState.Running, EndReason.None, NoticeEvents.None },
        { JobTrigger.Extended, JobState.Running, EndReason.None, NoticeEvents.None },
        { JobTrigger.CancelRequested, JobState.Running, EndReason.None, NoticeEvents.None },
        { JobTrigger.Allocated, JobState.Allocated, EndReason.None, NoticeEvents.None },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_kind_is_told_to_those_who_want_it_and_only_to_them(JobTrigger trigger, JobState to, EndReason reason, NoticeEvents kinds)
    {
        var happened = Samples.Event(trigger, JobState.Running, to, reason);
        Assert.Equal(kinds != NoticeEvents.None, NoticeRule.IsTold(happened));
        foreach (var (_, wanted) in NoticeRules.Words)
        {
            var told = NoticeRule.Decide(happened, Samples.Job(), Everything with { Events = wanted });
            Assert.Equal(kinds.HasFlag(wanted) ? 3 : 0, told.Count);
            Assert.All(told, notice => Assert.Equal((7L, wanted, 9L), (notice.JobId, notice.Event, notice.Seq)));
        }
    }

    [Fact]
    public void Every_trigger_has_a_case() => Assert.Equal(
        Enum.GetValues<JobTrigger>().Order(), Cases.Select(row => (JobTrigger)((object[])row)[0]).Distinct().Order());

    [Fact]
    public void A_failure_is_told_once_to_who_wants_ends_and_failures()
    {
        var told = NoticeRule.Decide(Failure(), Samples.Job(), Everything);
        Assert.Equal(["command", "https://example.org/hook", "mail:alice"], told.Select(notice => notice.Target));
        Assert.All(told, notice => Assert.Equal(NoticeEvents.Failure, notice.Event));
    }

    [Fact]
    public void A_job_decides_for_itself()
    {
        var job = Samples.Job(notices: new NoticeSettings { Events = NoticeEvents.Failure, Targets = ["mail", "mail:alice", "https://mine.example.org/"] });
        Assert.Equal(["mail:alice", "https://mine.example.org/"], NoticeRule.Decide(Failure(), job, Everything).Select(notice => notice.Target));
        Assert.Empty(NoticeRule.Decide(Samples.Event(JobTrigger.Completed, JobState.Running, JobState.Completed), job, Everything));
        Assert.Empty(NoticeRule.Decide(Failure(), Samples.Job(notices: new NoticeSettings()), Everything));
    }

    [Fact]
    public void Who_asks_to_be_told_and_does_not_say_where_is_told_as_the_daemon_does_or_by_mail()
    {
        var job = Samples.Job(notices: new NoticeSettings { Events = NoticeEvents.Failure });
        Assert.Equal(["command"], NoticeRule.Decide(Failure(), job, NoticeDefaults.None with { Targets = ["command"] }).Select(notice => notice.Target));
        Assert.Equal(["mail:alice"], NoticeRule.Decide(Failure(), job, NoticeDefaults.None).Select(notice => notice.Target));
    }

    [Fact]
    public void News_of_the_queue_go_to_the_daemons_user_where_those_of_jobs_go_to_owners()
    {
        var told = NoticeRule.OfQueue(NoticeEvents.QueueEmpty, "empty", 3, Samples.Morning, Everything);
        Assert.Equal(["command", "https://example.org/hook", "mail:root"], told.Select(notice => notice.Target));
        Assert.Empty(NoticeRule.OfQueue(NoticeEvents.Trouble, "disk", 0, Samples.Morning, Everything with { Events = NoticeEvents.End }));
    }

    [Fact]
    public void Tries_become_rarer_and_end()
    {
        var failure = new NoticeException("x", isPermanent: false);
        var notice = new Notice(1, new NewNotice(7, NoticeEvents.End, "command", 1, Samples.Morning, null), 0, Samples.Morning);
        var now = Samples.Morning;
        List<double> pauses = [];
        for (var outcome = NoticePatience.AfterFailure(notice, failure, now); !outcome.GivenUp; outcome = NoticePatience.AfterFailure(notice, failure, now))
        {
            pauses.Add((outcome.NextTryAt - now).TotalSeconds);
            now = outcome.NextTryAt;
            notice = notice with { Tries = notice.Tries + 1, NextTryAt = now };
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800, 1800], pauses);
        Assert.True(NoticePatience.AfterFailure(notice with { Tries = 0 }, failure, Samples.Morning.AddHours(24)).GivenUp);
        Assert.True(NoticePatience.AfterFailure(notice with { Tries = 0 }, new NoticeException("x", isPermanent: true), Samples.Morning).GivenUp);
    }

    [Fact]
    public void A_receiver_that_asks_for_more_time_gets_it_and_a_clock_set_back_costs_at_most_the_longest_pause()
    {
        var asked = new NoticeException("x", isPermanent: false) { RetryAfter = TimeSpan.FromHours(2) };
        Assert.Equal(TimeSpan.FromHours(2), NoticePatience.PauseAfter(1, asked));
        Assert.Equal(TimeSpan.FromSeconds(20), NoticePatience.Until(Samples.Morning.AddSeconds(20), Samples.Morning));
        Assert.Equal(TimeSpan.Zero, NoticePatience.Until(Samples.Morning, Samples.Morning.AddDays(1)));
        Assert.Equal(TimeSpan.Zero, NoticePatience.Until(Samples.Morning, Samples.Morning.AddDays(-1)));
    }

    private static JobEvent Failure() => Samples.Event(JobTrigger.Failed, JobState.Running, JobState.Failed, EndReason.ExitCode);
}
