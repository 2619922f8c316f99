using Whirr.Domain.Jobs;
using Whirr.Keeper.Exec;
using Whirr.KeeperContract;
using Whirr.Linux.Cgroups;

namespace Whirr.Keeper.Keep;

/// <summary>Puts the exit record together.</summary>
internal static class EndOfAttempt
{
    public static ExitRecord Describe(
        LaunchSpec spec, StartReport start, JobTree tree, CgroupUse? use, ExitCause cause, DateTimeOffset? startedAt, DateTimeOffset endedAt)
    {
        var status = tree.MainEnded ?? default;
        var record = new ExitRecord
        {
            JobId = spec.JobId,
            Attempt = spec.Attempt,
            LeaseEpoch = spec.LeaseEpoch,
            Ran = start.Executed,
            ExitCode = status.ExitCode,
            Signal = status.Signal,
            CoreDumped = status.CoreDumped,
            Cause = cause,
            StartedAt = startedAt,
            LogOffset = start.Facts?.LogOffset,
            EndedAt = endedAt,
            Use = TreeUse.AtEnd(tree, use),
        };
        if (start.Executed)
        {
            return record;
        }

        if (start.Failure is null && status.Signal > 0)
        {
            // Nothing was wrong with the job: whoever sent this would have ended the command a moment later.
            return record with { Ran = true, Detail = EndSentence.SignalledAtStart(status.Signal) };
        }

        var failure = start.Failure ?? new StartFailure("launch", 0, $"the start of the job ended with code {status.ExitCode} and no word");
        return record with
        {
            ExitCode = 0,
            Signal = 0,
            CoreDumped = false,
            Stage = failure.Stage,
            Errno = failure.Errno,
            Sentence = failure.Sentence,
        };
    }
}
