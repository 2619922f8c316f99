using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Records that the command of an attempt runs.</summary>
internal static class StartAttempt
{
    private static readonly JobState Next = JobTransitions.Require(JobState.Starting, JobTrigger.Started);

    public static bool Run(WriteSession session, AttemptKey key, AttemptStart start)
    {
        if (!FencedMove.TryRun(session, key, JobState.Starting, Next))
        {
            return false;
        }

        session.Prepare(Queries.StartAttempt)
            .Bind("lease_epoch", key.LeaseEpoch)
            .Bind("started_at", start.At)
            .Bind("pid", start.Pid)
            .Bind("run_dir", start.RunDir)
            .Bind("log_offset", start.LogOffset)
            .Execute();
        session.AppendEvent(
            key.JobId, start.At, JobTrigger.Started, key.Number, JobState.Starting, Next, EndReason.None, detail: null);
        return true;
    }
}
