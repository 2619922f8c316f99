namespace Whirr.Domain.Jobs;

/// <summary>What the end of an attempt means for its job.</summary>
/// <param name="Trigger">Completed, Failed, Cancelled, Requeued or Lost.</param>
/// <param name="Reason">Who ended the job.</param>
/// <param name="Sentence">The same for the user; null when there is nothing to explain.</param>
/// <param name="AttemptReason">Who ended the attempt: differs from <paramref name="Reason"/> when the job ran out of attempts.</param>
public sealed record AttemptVerdict(JobTrigger Trigger, EndReason Reason, string? Sentence, EndReason AttemptReason)
{
    /// <summary>Decides what becomes of <paramref name="job"/> now that its current attempt has ended.</summary>
    /// <remarks>
    /// A cancellation that was asked for wins over everything that came after it, also over an exit code of 0 and over the loss of the
    /// attempt: the job is not run again. A job that had completed by itself before the keeper acted on the request has completed.
    /// An attempt that the machine could not start goes back to the queue whatever the policies say: they are about commands that ran.
    /// </remarks>
    public static AttemptVerdict Decide(Job job, AttemptEnding ending) => ending switch
    {
        AttemptEnding.Exited { By: EndedBy.Cancel } => Cancelled(job),
        AttemptEnding.Exited { By: EndedBy.DaemonLoss } or AttemptEnding.StartFailed { By: EndedBy.DaemonLoss } => Vanish(
            job,
            EndReason.LeaseExpired,
            EndSentence.DaemonLoss),
        AttemptEnding.Exited { By: EndedBy.KeeperStopped } or AttemptEnding.StartFailed { By: EndedBy.KeeperStopped } => Vanish(
            job,
            EndReason.KeeperDied,
            EndSentence.KeeperStopped),
        AttemptEnding.Exited { Signal: > 0 } exited => Failed(EndReason.Signal, EndSentence.Signalled(exited.Signal, exited.CoreDumped)),
        AttemptEnding.Exited { ExitCode: 0 } => new(JobTrigger.Completed, EndReason.None, null, EndReason.None),
        AttemptEnding.Exited exited => Failed(EndReason.ExitCode, EndSentence.ExitedWith(exited.ExitCode)),
        AttemptEnding.StartFailed { By: EndedBy.Cancel } => Cancelled(job),
        AttemptEnding.StartFailed failed => Failed(EndReason.StartFailed, failed.Sentence),
        AttemptEnding.NotRun when job.CancelRequestedAt is not null => Cancelled(job),
        AttemptEnding.NotRun notRun => new(JobTrigger.Requeued, notRun.Reason, notRun.Sentence, notRun.Reason),
        AttemptEnding.Vanished vanished => Vanish(job, vanished.Reason, vanished.Sentence),
        _ => throw new ArgumentOutOfRangeException(nameof(ending), ending, "not an ending"),
    };

    private static AttemptVerdict Cancelled(Job job) =>
        new(JobTrigger.Cancelled, EndReason.CancelledByUser, job.ReasonDetail ?? "cancelled", EndReason.CancelledByUser);

    private static AttemptVerdict Failed(EndReason reason, string sentence) => new(JobTrigger.Failed, reason, sentence, reason);

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

        var used = job.Attempt?.Key.Number ?? 0;
        return used >= job.Settings.MaxAttempts
            ? new(JobTrigger.Lost, EndReason.MaxAttempts, $"{sentence}; that was attempt {used} of {job.Settings.MaxAttempts}", reason)
            : new(JobTrigger.Requeued, reason, sentence, reason);
    }
}
