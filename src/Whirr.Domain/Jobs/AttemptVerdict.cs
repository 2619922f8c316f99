namespace Whirr.Domain.Jobs;

/// <summary>What the end of an attempt means for its job.</summary>
/// <param name="Trigger">Completed, Failed, Cancelled, Retried, Requeued or Lost.</param>
/// <param name="Reason">Who ended the job.</param>
/// <param name="Sentence">The same for the user; null when there is nothing to explain.</param>
/// <param name="AttemptReason">Who ended the attempt: differs from <paramref name="Reason"/> when the job ran out of attempts.</param>
public sealed record AttemptVerdict(JobTrigger Trigger, EndReason Reason, string? Sentence, EndReason AttemptReason)
{
    /// <summary>What the end of this attempt counts against.</summary>
    public AttemptCount Counts { get; init; }

    /// <summary>How long the job stays in the queue before it may be claimed again.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Decides what becomes of <paramref name="job"/> now that its current attempt has ended.</summary>
    /// <remarks>
    /// A cancellation that was asked for wins over everything that came after it, also over an exit code of 0 and over the loss of the
    /// attempt: the job is not run again. A job that had completed by itself before the keeper acted on the request has completed.
    /// An attempt that the machine could not start goes back to the queue whatever the policies say: they are about commands that ran.
    /// Failures of the job count against its retries, losses by the machine against its max_attempts, and neither against the other.
    /// </remarks>
    public static AttemptVerdict Decide(Job job, AttemptEnding ending) => ending switch
    {
        AttemptEnding.Exited { By: EndedBy.Cancel } => Cancelled(job),
        AttemptEnding.Exited { By: EndedBy.DaemonLoss } or AttemptEnding.StartFailed { By: EndedBy.DaemonLoss } =>
            Vanish(job, EndReason.LeaseExpired, EndSentence.DaemonLoss),
        AttemptEnding.Exited { By: EndedBy.KeeperStopped } or AttemptEnding.StartFailed { By: EndedBy.KeeperStopped } =>
            Vanish(job, EndReason.KeeperDied, EndSentence.KeeperStopped),
        AttemptEnding.Exited { By: EndedBy.Shutdown } or AttemptEnding.StartFailed { By: EndedBy.Shutdown } =>
            ShutDown(job),
        AttemptEnding.Exited exited => Exited(job, exited),
        AttemptEnding.StartFailed { By: EndedBy.Cancel } => Cancelled(job),
        AttemptEnding.StartFailed failed => Failed(job, EndReason.StartFailed, 0, failed.Sentence),
        AttemptEnding.NotRun when job.CancelRequestedAt is not null => Cancelled(job),
        AttemptEnding.NotRun notRun => new(JobTrigger.Requeued, notRun.Reason, notRun.Sentence, notRun.Reason),
        AttemptEnding.Vanished vanished => Vanish(job, vanished.Reason, vanished.Sentence),
        _ => throw new ArgumentOutOfRangeException(nameof(ending), ending, "not an ending"),
    };

    private static AttemptVerdict Exited(Job job, AttemptEnding.Exited exited) => exited.By switch
    {
        EndedBy.TimeLimit => Failed(job, EndReason.TimeLimit, 0, exited.Detail ?? "its time was up"),
        EndedBy.MemoryLimit => Failed(job, EndReason.MemoryLimit, 0, exited.Detail ?? "it ran out of memory"),
        EndedBy.Stalled => Failed(job, EndReason.Stalled, 0, exited.Detail ?? "it gave no sign of progress"),
        EndedBy.NanMetric => Failed(job, EndReason.NanMetric, 0, exited.Detail ?? "a metric was not a finite number"),
        _ when exited.Signal > 0 =>
            Failed(job, EndReason.Signal, exited.Signal, exited.Detail ?? EndSentence.Signalled(exited.Signal, exited.CoreDumped)),
        _ when exited.ExitCode == 0 => new(JobTrigger.Completed, EndReason.None, null, EndReason.None),
        _ => Failed(job, EndReason.ExitCode, exited.ExitCode, EndSentence.ExitedWith(exited.ExitCode)),
    };

    private static AttemptVerdict Cancelled(Job job) =>
        new(JobTrigger.Cancelled, EndReason.CancelledByUser, job.ReasonDetail ?? "cancelled", EndReason.CancelledByUser);

    private static AttemptVerdict Failed(Job job, EndReason reason, int number, string sentence)
    {
        var retry = job.Settings.Retry;
        var wanted = retry.On.Include(reason, number) || (reason == EndReason.Stalled && job.Settings.Watch.OnStall == StallAction.Retry);
        if (retry.Retries == 0 || !wanted || job.CancelRequestedAt is not null)
        {
            return new(JobTrigger.Failed, reason, sentence, reason);
        }

        if (job.RetriesUsed >= retry.Retries)
        {
            var all = retry.Retries == 1 ? "its one retry is" : $"its {retry.Retries} retries are";
            return new(JobTrigger.Failed, reason, $"{sentence}; {all} used up", reason);
        }

        var next = job.RetriesUsed + 1;
        var pause = retry.PauseBefore(next);
        return new(JobTrigger.Retried, reason, $"{sentence}; {EndSentence.Retry(next, retry.Retries, pause)}", reason)
        {
            Counts = AttemptCount.Retry,
            Pause = pause,
        };
    }

    /// <summary>An orderly end of the machine is nothing that a job could have caused: it is not counted.</summary>
    private static AttemptVerdict ShutDown(Job job) =>
        job.CancelRequestedAt is not null || job.Settings.OnLost == OnLost.Stop
            ? Vanish(job, EndReason.NodeRebooted, EndSentence.Shutdown)
            : new(JobTrigger.Requeued, EndReason.NodeRebooted, EndSentence.Shutdown, EndReason.NodeRebooted);

    private static AttemptVerdict Vanish(Job job, EndReason reason, string sentence)
    {
        if (job.CancelRequestedAt is not null)
        {
            return Cancelled(job);
        }

        if (job.Settings.OnLost == OnLost.Stop)
        {
            return new(JobTrigger.Lost, reason, $"{sentence}; not run again (on_lost: stop)", reason);
        }

        var losses = job.Losses + 1;
        return losses >= job.Settings.MaxAttempts
            ? new(JobTrigger.Lost, EndReason.MaxAttempts, $"{sentence}; that was loss {losses} of at most {job.Settings.MaxAttempts} (max_attempts)", reason)
            {
                Counts = AttemptCount.Loss,
            }
            : new(JobTrigger.Requeued, reason, sentence, reason) { Counts = AttemptCount.Loss };
    }
}

/// <summary>What the end of an attempt counts against.</summary>
public enum AttemptCount
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The retries of the job.</summary>
    Retry,

    /// <summary>What may be lost to the machine.</summary>
    Loss,
}
