using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Looks whether an attempt is the current, open one of its job.</summary>
internal static class FindLease
{
    /// <summary>The state of its job; null when it is not.</summary>
    public static (JobState State, bool CancelRequested)? Run(WriteSession session, AttemptKey key) => session.Prepare(Queries.FindLease)
        .Bind("lease_epoch", key.LeaseEpoch)
        .Bind("job_id", key.JobId)
        .Bind("number", key.Number)
        .Single(static row => ((JobState, bool)?)((JobState)row.Int32("state"), row.Int64("cancel_requested") != 0));
}
