using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Records that the command of an attempt runs.</summary>
internal static class StartAttempt
{
    private static readonly JobState Next = JobTransitions.Require(JobState.Starting, JobTrigger.Started);

    public static bool Run(WriteSession session, AttemptKey key, int pid, string runDir, DateTimeOffset startedAt)
    {
        if (!FencedMove.TryRun(session, key, JobState.Starting, Next))
        {
            return false;
        }

        session.Prepare(Queries.StartAttempt)
            .Bind("lease_epoch", key.LeaseEpoch)
            .Bind("started_at", startedAt)
            .Bind("pid", pid)
            .Bind("run_dir", runDir)
            .Execute();
        session.AppendEvent(
            key.JobId, startedAt, JobTrigger.Started, key.Number, JobState.Starting, Next, EndReason.None, detail: null);
        return true;
    }
}
