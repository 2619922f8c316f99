using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Moves a job on behalf of its current attempt, and of no other.</summary>
internal static class FencedMove
{
    /// <summary>False: nothing was changed, because the attempt is not the current, open one of its job, or the job is elsewhere.</summary>
    public static bool TryRun(WriteSession session, AttemptKey key, JobState from, JobState to)
    {
        var moved = session.Prepare(Queries.MoveJobOfAttempt)
            .Bind("job_id", key.JobId)
            .Bind("number", key.Number)
            .Bind("lease_epoch", key.LeaseEpoch)
            .Bind("from_state", (int)from)
            .Bind("to_state", (int)to)
            .Execute() > 0;
        if (moved)
        {
            session.Changes.Move(from, to);
        }

        return moved;
    }
}
