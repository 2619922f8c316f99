using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Reading;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Gives queued jobs to a node, each with a new attempt.</summary>
internal static class ClaimJobs
{
    private static readonly JobState Next = JobTransitions.Require(JobState.Queued, JobTrigger.Claimed);

    public static IReadOnlyList<ClaimedJob> Run(WriteSession session, string node, int max, ClaimExceptions exceptions, DateTimeOffset now)
    {
        var next = exceptions.IsEmpty
            ? session.Prepare(Queries.SelectNextJobs)
            : session.Prepare(Queries.SelectNextJobsExcept)
                .Bind("owner_uids", JsonSerializer.Serialize(exceptions.OwnerUids))
                .Bind("runs_dirs", JsonSerializer.Serialize(exceptions.RunsDirs));
        var ids = next
            .Bind("state", (int)JobState.Queued)
            .Bind("max", max)
            .All(static row => row.Int64("id"));
        return ids.ConvertAll(id => Claim(session, id, node, now));
    }

    private static ClaimedJob Claim(WriteSession session, long id, string node, DateTimeOffset now)
    {
        session.Prepare(Queries.ClaimJob)
            .Bind("job_id", id)
            .Bind("from_state", (int)JobState.Queued)
            .Bind("to_state", (int)Next)
            .Execute();
        session.Prepare(Queries.InsertAttempt).Bind("job_id", id).Bind("node", node).Bind("claimed_at", now).Execute();
        var claimed = session.Prepare(Queries.FindClaimedJob)
            .Bind("job_id", id)
            .Single(static row => new ClaimedJob(JobRow.Read(row), row.Bytes("environment").ToArray()))!;
        session.Changes.Move(JobState.Queued, Next);
        session.AppendEvent(
            id, now, JobTrigger.Claimed, claimed.Job.Attempt!.Key.Number, JobState.Queued, Next, EndReason.None, detail: null);
        return claimed;
    }
}
