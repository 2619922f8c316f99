using Whirr.Domain.Jobs;

namespace Whirr.Tests.Domain;

public sealed class AttemptVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<EndedBy> Keepers => [EndedBy.DaemonLoss, EndedBy.KeeperStopped];

    [Fact]
    public void Exit_code_0_completes_the_job()
    {
        var verdict = AttemptVerdict.Decide(Job(), Exited(0));

        Assert.Equal(new AttemptVerdict(JobTrigger.Completed, EndReason.None, null, EndReason.None), verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void Another_exit_code_fails_the_job_and_is_named(int code)
    {
        var verdict = AttemptVerdict.Decide(Job(), Exited(code));

        Assert.Equal((JobTrigger.Failed, EndReason.ExitCode, EndReason.ExitCode), (verdict.Trigger, verdict.Reason, verdict.AttemptReason));
        Assert.Equal($"the command exited with code {code}", verdict.Sentence);
    }

    [Fact]
    public void An_orderly_shutdown_puts_the_job_back_and_counts_nothing()
    {
        var verdict = AttemptVerdict.Decide(Job() with { Losses = 2 }, Exited(0, by: EndedBy.Shutdown));

        Assert.Equal((JobTrigger.Requeued, EndReason.NodeRebooted, AttemptCount.None), (verdict.Trigger, verdict.Reason, verdict.Counts));
    }

    [Fact]
    public void An_orderly_shutdown_loses_a_job_that_is_not_to_run_again_and_ends_one_that_was_to_be_cancelled()
    {
        var once = Job();
        once = once with { Settings = once.Settings with { OnLost = OnLost.Stop } };

        Assert.Equal(JobTrigger.Lost, AttemptVerdict.Decide(once, Exited(0, by: EndedBy.Shutdown)).Trigger);
        Assert.Equal(JobTrigger.Cancelled, AttemptVerdict.Decide(Job() with { CancelRequestedAt = Now }, Exited(0, by: EndedBy.Shutdown)).Trigger);
    }

    [Fact]
    public void A_signal_of_somebody_else_fails_the_job_and_is_named()
    {
        var verdict = AttemptVerdict.Decide(Job(), Exited(139, signal: 11) with { CoreDumped = true });

        Assert.Equal((JobTrigger.Failed, EndReason.Signal, EndReason.Signal), (verdict.Trigger, verdict.Reason, verdict.AttemptReason));
        Assert.Equal("the command was ended by signal 11 (SIGSEGV, core dumped); whirr did not send it", verdict.Sentence);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(143, 15)]
    [InlineData(137, 9)]
    public void A_job_that_its_keeper_ended_for_a_cancellation_is_cancelled_whatever_its_exit_code(int code, int signal)
    {
        var job = Job() with { CancelRequestedAt = Now, ReasonDetail = "cancelled by ada" };

        var verdict = AttemptVerdict.Decide(job, Exited(code, signal, EndedBy.Cancel));

        Assert.Equal(
            new AttemptVerdict(JobTrigger.Cancelled, EndReason.CancelledByUser, "cancelled by ada", EndReason.CancelledByUser), verdict);
    }

    [Fact]
    public void A_job_that_completed_before_the_keeper_acted_on_the_request_has_completed()
    {
        var verdict = AttemptVerdict.Decide(Job() with { CancelRequestedAt = Now }, Exited(0));

        Assert.Equal(JobTrigger.Completed, verdict.Trigger);
    }

    [Fact]
    public void A_job_that_cannot_be_started_fails_with_the_keepers_sentence()
    {
        var verdict = AttemptVerdict.Decide(Job(), StartFailed(EndedBy.Itself));

        Assert.Equal(
            new AttemptVerdict(JobTrigger.Failed, EndReason.StartFailed, "no such program", EndReason.StartFailed), verdict);
    }

    [Fact]
    public void A_job_that_was_cancelled_before_it_started_is_cancelled() =>
        Assert.Equal(JobTrigger.Cancelled, AttemptVerdict.Decide(Job(), StartFailed(EndedBy.Cancel)).Trigger);

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    public void A_lost_attempt_is_run_again_while_losses_are_left(int losses, int max)
    {
        var verdict = AttemptVerdict.Decide(Job(attempt: 9, max) with { Losses = losses }, Vanished());

        Assert.Equal(
            new AttemptVerdict(JobTrigger.Requeued, EndReason.KeeperDied, "its keeper died", EndReason.KeeperDied) { Counts = AttemptCount.Loss },
            verdict);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    public void The_last_loss_ends_the_job(int losses, int max)
    {
        var verdict = AttemptVerdict.Decide(Job(attempt: 1, max) with { Losses = losses }, Vanished());

        Assert.Equal((JobTrigger.Lost, EndReason.MaxAttempts, EndReason.KeeperDied), (verdict.Trigger, verdict.Reason, verdict.AttemptReason));
        Assert.Equal($"its keeper died; that was loss {losses + 1} of at most {max} (max_attempts)", verdict.Sentence);
    }

    [Fact]
    public void A_lost_attempt_is_not_run_again_when_the_job_says_so()
    {
        var job = Job();

        var verdict = AttemptVerdict.Decide(job with { Settings = job.Settings with { OnLost = OnLost.Stop } }, Vanished());

        Assert.Equal((JobTrigger.Lost, EndReason.KeeperDied, EndReason.KeeperDied), (verdict.Trigger, verdict.Reason, verdict.AttemptReason));
        Assert.Equal("its keeper died; not run again (on_lost: stop)", verdict.Sentence);
    }

    [Theory]
    [InlineData(OnLost.Requeue)]
    [InlineData(OnLost.Stop)]
    public void An_attempt_that_the_machine_could_not_start_goes_back_to_the_queue_whatever_the_policies_say(OnLost onLost)
    {
        var job = Job(attempt: 4, maxAttempts: 1);

        var verdict = AttemptVerdict.Decide(job with { Settings = job.Settings with { OnLost = onLost } }, NotRun());

        Assert.Equal(new AttemptVerdict(JobTrigger.Requeued, EndReason.DiskFull, "no room", EndReason.DiskFull), verdict);
    }

    [Fact]
    public void A_cancellation_that_was_asked_for_wins_over_a_start_that_was_not()
    {
        var verdict = AttemptVerdict.Decide(Job() with { CancelRequestedAt = Now, ReasonDetail = "cancelled by ada" }, NotRun());

        Assert.Equal((JobTrigger.Cancelled, EndReason.CancelledByUser, "cancelled by ada"), (verdict.Trigger, verdict.Reason, verdict.Sentence));
    }

    [Fact]
    public void A_cancellation_that_was_asked_for_wins_over_the_loss_of_the_attempt()
    {
        var job = Job() with { CancelRequestedAt = Now, ReasonDetail = "cancelled by ada" };

        var verdict = AttemptVerdict.Decide(job, Vanished());

        Assert.Equal((JobTrigger.Cancelled, EndReason.CancelledByUser, "cancelled by ada"), (verdict.Trigger, verdict.Reason, verdict.Sentence));
    }

    [Theory]
    [MemberData(nameof(Keepers))]
    public void A_job_that_was_ended_with_its_daemon_or_its_machine_is_run_again(EndedBy by)
    {
        // Also with exit code 0: it was told to end, so that says nothing about its work.
        var reason = by == EndedBy.DaemonLoss ? EndReason.LeaseExpired : EndReason.KeeperDied;

        Assert.All(
            new AttemptEnding[] { Exited(0, 0, by), Exited(143, 15, by), StartFailed(by) },
            ending =>
            {
                var verdict = AttemptVerdict.Decide(Job(), ending);
                Assert.Equal((JobTrigger.Requeued, reason, reason), (verdict.Trigger, verdict.Reason, verdict.AttemptReason));
                Assert.False(string.IsNullOrEmpty(verdict.Sentence));
            });
    }

    [Fact]
    public void Every_verdict_on_a_live_job_is_legal() => Assert.All(
        new[] { JobState.Starting, JobState.Running },
        state => Assert.All(
            from who in Enum.GetValues<EndedBy>()
            from ending in new AttemptEnding[] { Exited(0, 0, who), Exited(1, 0, who), Exited(137, 9, who), StartFailed(who), Vanished(), NotRun() }
            from max in new[] { 1, 3 }
            select AttemptVerdict.Decide(Job(1, max), ending),
            verdict => Assert.NotNull(JobTransitions.Next(state, verdict.Trigger))));

    private static AttemptEnding.Exited Exited(int code, int signal = 0, EndedBy by = EndedBy.Itself) => new(code, signal, by) { EndedAt = Now };

    private static AttemptEnding.StartFailed StartFailed(EndedBy by) => new("no such program", by) { EndedAt = Now };

    private static AttemptEnding.Vanished Vanished() => new(EndReason.KeeperDied, "its keeper died") { EndedAt = Now };

    private static AttemptEnding.NotRun NotRun() => new(EndReason.DiskFull, "no room") { EndedAt = Now };

    private static Job Job(int attempt = 1, int maxAttempts = 3) => new()
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
            MaxAttempts = maxAttempts,
        },
        Owner = new JobOwner(1000, 1000, [], "ada"),
        State = JobState.Running,
        CreatedAt = Now,
        Attempt = new Attempt { Key = new AttemptKey(42, attempt, 7), Node = "here", ClaimedAt = Now },
    };
}
