using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class RetryVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_failure_among_the_causes_is_retried_after_its_pause()
    {
        var verdict = AttemptVerdict.Decide(Job(retries: 3, used: 1), Exited(1));

        Assert.Equal((JobTrigger.Retried, EndReason.ExitCode, AttemptCount.Retry), (verdict.Trigger, verdict.Reason, verdict.Counts));
        Assert.Equal(TimeSpan.FromSeconds(60), verdict.Pause);
        Assert.Equal("the command exited with code 1; retry 2 of 3 in 1m", verdict.Sentence);
    }

    [Fact]
    public void A_failure_that_is_not_among_the_causes_is_final()
    {
        var verdict = AttemptVerdict.Decide(Job(retries: 3, on: "exit:75"), Exited(1));

        Assert.Equal((JobTrigger.Failed, AttemptCount.None), (verdict.Trigger, verdict.Counts));
        Assert.Equal("the command exited with code 1", verdict.Sentence);
    }

    [Theory]
    [InlineData(1, "the command exited with code 1; its one retry is used up")]
    [InlineData(2, "the command exited with code 1; its 2 retries are used up")]
    public void When_the_retries_are_used_up_the_job_has_failed_and_says_so(int retries, string sentence)
    {
        var verdict = AttemptVerdict.Decide(Job(retries, used: retries), Exited(1));

        Assert.Equal((JobTrigger.Failed, sentence), (verdict.Trigger, verdict.Sentence));
    }

    [Fact]
    public void A_loss_uses_up_no_retry_and_a_failure_uses_up_no_loss()
    {
        var job = Job(retries: 1, used: 1) with { Losses = 1 };

        var lost = AttemptVerdict.Decide(job, new AttemptEnding.Vanished(EndReason.NodeRebooted, "restarted") { EndedAt = Now });
        Assert.Equal((JobTrigger.Requeued, AttemptCount.Loss), (lost.Trigger, lost.Counts));

        var failed = AttemptVerdict.Decide(job with { RetriesUsed = 0, Losses = 99 }, Exited(1));
        Assert.Equal((JobTrigger.Retried, AttemptCount.Retry), (failed.Trigger, failed.Counts));
    }

    [Fact]
    public void A_job_whose_cancellation_was_asked_for_is_not_retried()
    {
        var verdict = AttemptVerdict.Decide(Job(retries: 3) with { CancelRequestedAt = Now }, Exited(1));

        Assert.Equal(JobTrigger.Failed, verdict.Trigger);
    }

    [Fact]
    public void A_success_and_a_cancellation_are_never_retried()
    {
        Assert.Equal(JobTrigger.Completed, AttemptVerdict.Decide(Job(retries: 3), Exited(0)).Trigger);
        Assert.Equal(JobTrigger.Cancelled, AttemptVerdict.Decide(Job(retries: 3), Exited(143, 15, EndedBy.Cancel)).Trigger);
    }

    [Theory]
    [InlineData(EndedBy.TimeLimit, EndReason.TimeLimit)]
    [InlineData(EndedBy.MemoryLimit, EndReason.MemoryLimit)]
    [InlineData(EndedBy.Stalled, EndReason.Stalled)]
    [InlineData(EndedBy.NanMetric, EndReason.NanMetric)]
    public void What_the_keeper_ended_has_failed_for_its_reason_whatever_the_exit_code(EndedBy by, EndReason reason)
    {
        foreach (var (code, signal) in new[] { (0, 0), (1, 0), (143, 15), (137, 9) })
        {
            var verdict = AttemptVerdict.Decide(Job(retries: 0), Exited(code, signal, by) with { Detail = "said the keeper" });

            Assert.Equal((JobTrigger.Failed, reason, "said the keeper"), (verdict.Trigger, verdict.Reason, verdict.Sentence));
        }
    }

    [Fact]
    public void A_stall_is_retried_when_the_watch_says_so_though_no_cause_names_it()
    {
        var job = Job(retries: 1);
        var watched = job with { Settings = job.Settings with { Watch = new JobWatch { StallAfter = TimeSpan.FromMinutes(5), OnStall = StallAction.Retry } } };

        Assert.Equal(JobTrigger.Failed, AttemptVerdict.Decide(job, Exited(143, 15, EndedBy.Stalled)).Trigger);
        Assert.Equal(JobTrigger.Retried, AttemptVerdict.Decide(watched, Exited(143, 15, EndedBy.Stalled)).Trigger);
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(5, 480)]
    [InlineData(6, 600)]
    [InlineData(1000, 600)]
    public void The_pause_doubles_up_to_the_longest(int number, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Never.PauseBefore(number));

    [Fact]
    public void No_pause_stays_none() =>
        Assert.Equal(TimeSpan.Zero, new RetryPolicy { FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.FromHours(1) }.PauseBefore(1000));

    [Fact]
    public void Every_verdict_on_a_live_job_is_legal() => Assert.All(
        Enum.GetValues<EndedBy>().SelectMany(by => new[] { (0, 0), (1, 0), (137, 9) }.Select(end => Exited(end.Item1, end.Item2, by))),
        ending => Assert.All(
            new[] { JobState.Starting, JobState.Running },
            state => Assert.NotNull(JobTransitions.Next(state, AttemptVerdict.Decide(Job(retries: 2, on: "exit,signal,oom,time,stalled,nan,start"), ending).Trigger))));

    private static AttemptEnding.Exited Exited(int code, int signal = 0, EndedBy by = EndedBy.Itself) => new(code, signal, by) { EndedAt = Now };

    private static Job Job(int retries, int used = 0, string on = "exit,signal,oom") => new()
    {
        Id = 42,
        Settings = new JobSettings
        {
            Uid = Guid.CreateVersion7(),
            Name = "train",
            CommandArgv = ["/bin/true"],
            Workdir = "/",
            KillGracePeriod = TimeSpan.FromSeconds(10),
            OnLost = OnLost.Requeue,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = 3,
            Retry = new RetryPolicy { Retries = retries, On = RetryCauses.Parse(on) },
        },
        Owner = new JobOwner(1000, 1000, [], "ada"),
        State = JobState.Running,
        CreatedAt = Now,
        RetriesUsed = used,
        Attempt = new Attempt { Key = new AttemptKey(42, 1, 7), Node = "here", ClaimedAt = Now },
    };
}
