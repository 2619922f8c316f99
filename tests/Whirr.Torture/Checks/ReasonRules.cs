using Whirr.Domain.Jobs;
using Whirr.Torture.Load;

namespace Whirr.Torture.Checks;

/// <summary>Which ends are right for what was done. Decides; looks at nothing.</summary>
internal static class ReasonRules
{
    /// <summary>What is wrong with the record of an attempt that has ended; null: nothing.</summary>
    /// <param name="submission">Its job.</param>
    /// <param name="attempt">Its record.</param>
    /// <param name="ran">The job itself wrote down that it started.</param>
    /// <param name="deeds">What was done.</param>
    public static string? Judge(Submission submission, AttemptRecord attempt, bool ran, Deeds deeds)
    {
        var life = submission.Life;
        var natural = life.EndOf(attempt.Number);
        var sent = deeds.SignalsTo(attempt.Key);
        if (attempt.Reason is not (EndReason.KeeperDied or EndReason.CancelledByUser) && deeds.MustHaveLostKeeper(attempt.Key))
        {
            return $"its keeper was killed while it ran, and it is said to have ended as {Words(attempt)}";
        }

        if (sent.Any(signal => signal.Surely) && attempt.Reason is (EndReason.None or EndReason.ExitCode))
        {
            return $"its command was killed by signal {sent[0].Signal}, and it is said to have ended as {Words(attempt)}";
        }

        var isRight = attempt.Reason switch
        {
            EndReason.None or EndReason.ExitCode => natural is { } end && end.Reason == attempt.Reason && end.ExitCode == attempt.ExitCode && ran,
            EndReason.Signal => (natural is { } end && end.Signal == attempt.Signal) || sent.Any(signal => signal.Signal == attempt.Signal),
            EndReason.TimeLimit => life.TimeLimitMs > 0,
            EndReason.CancelledByUser => submission.CancelSent,
            EndReason.KeeperDied => deeds.MayHaveLostKeeper(attempt.Key) || life.IsPoison || !ran,
            EndReason.LeaseExpired => life.OnDaemonLoss == OnDaemonLoss.Kill,
            EndReason.StartFailed => !ran,
            EndReason.DiskFull => !ran && deeds.DiskWasFull,
            _ => false,
        };
        return isRight ? null : $"ended as {Words(attempt)}; it should be {(natural is { } right ? $"{right}" : "endless")}, {(ran ? "ran" : "did not run")}, signals sent: {string.Join(", ", sent)}";
    }

    /// <summary>The same for a job that has ended.</summary>
    public static string? Judge(Submission submission, JobRecord job, IReadOnlyList<AttemptRecord> attempts, IReadOnlySet<(long, int)> ran)
    {
        var life = submission.Life;
        var last = attempts.Count > 0 ? attempts[^1] : null;
        var lost = attempts.Count(attempt => attempt.Reason is EndReason.KeeperDied or EndReason.LeaseExpired);
        var lostRunning = attempts.Count(attempt => attempt.Reason is EndReason.KeeperDied or EndReason.LeaseExpired && ran.Contains(attempt.Key));
        var failedAgain = attempts.Count(attempt => attempt.Reason == EndReason.ExitCode);
        var isRight = job.State switch
        {
            JobState.Completed => last is { Reason: EndReason.None } && job.Reason == EndReason.None,
            JobState.Failed => last is not null && job.Reason == last.Reason && last.Reason is not EndReason.None
                && (last.Reason != EndReason.StartFailed || life.Kind == "missing")
                && (life.Kind != "again" || last.Reason != EndReason.ExitCode || failedAgain == life.Retries + 1 || submission.CancelSent),
            JobState.Cancelled => submission.CancelSent && job.Reason == EndReason.CancelledByUser,
            JobState.Lost when life.OnLost == OnLost.Stop => last is not null && job.Reason == last.Reason && lost >= 1 && lostRunning <= 1,
            JobState.Lost => job.Reason == EndReason.MaxAttempts && lost >= life.MaxAttempts && lostRunning <= life.MaxAttempts,
            _ => false,
        };
        return isRight
            ? null
            : $"is {job.State.ToWord()} ({job.Reason.ToWord()}: {job.Detail}) after {string.Join(", ", attempts.Select(Words))}; {life}";
    }

    private static string Words(AttemptRecord attempt) => $"#{attempt.Number} {attempt.Reason.ToWord()} code {attempt.ExitCode} signal {attempt.Signal}";
}
