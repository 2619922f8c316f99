using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Changes how long the attempts of a job may run.</summary>
internal static class SetTimeLimit
{
    public static bool Run(WriteSession session, long jobId, JobState expected, TimeSpan? limit, string detail, DateTimeOffset now)
    {
        var next = JobTransitions.Require(expected, JobTrigger.Extended);
        var changed = session.Prepare(Queries.SetTimeLimit)
            .Bind("job_id", jobId)
            .Bind("from_state", (int)expected)
            .Bind("to_state", (int)next)
            .Bind("time_limit_ms", (long?)limit?.TotalMilliseconds)
            .Execute() > 0;
        if (changed)
        {
            session.Changes.Move(expected, next);
            session.AppendEvent(jobId, now, JobTrigger.Extended, attempt: 0, expected, next, EndReason.None, detail);
        }

        return changed;
    }
}
