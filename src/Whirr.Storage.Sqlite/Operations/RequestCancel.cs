using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Records that a live job is to be ended.</summary>
internal static class RequestCancel
{
    public static bool Run(WriteSession session, long jobId, JobState expected, string detail, DateTimeOffset now)
    {
        var next = JobTransitions.Require(expected, JobTrigger.CancelRequested);
        var recorded = session.Prepare(Queries.RequestCancel)
            .Bind("job_id", jobId)
            .Bind("from_state", (int)expected)
            .Bind("to_state", (int)next)
            .Bind("requested_at", now)
            .Bind("reason_detail", detail)
            .Execute() > 0;
        if (!recorded)
        {
            return session.Prepare(Queries.IsCancelRequested)
                .Bind("job_id", jobId)
                .Bind("state", (int)expected)
                .Single(static row => row.Int64("requested") > 0);
        }

        session.Changes.Move(expected, next);
        session.AppendEvent(
            jobId, now, JobTrigger.CancelRequested, attempt: 0, expected, next, EndReason.CancelledByUser, detail);
        return true;
    }
}
