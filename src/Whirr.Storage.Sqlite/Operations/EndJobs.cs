using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Ends jobs that have no live attempt: one, or all of them in two statements.</summary>
internal static class EndJobs
{
    public static bool RunOne(WriteSession session, long jobId, JobEnd ended)
    {
        if (BindOutcome(session.Prepare(Queries.EndJob), ended).Bind("job_id", jobId).Execute() == 0)
        {
            return false;
        }

        session.Changes.Move(ended.From, ended.To);
        session.AppendEvent(jobId, ended.At, ended.Trigger, attempt: 0, ended.From, ended.To, ended.Reason, ended.Detail);
        return true;
    }

    public static IReadOnlyList<long> RunAll(WriteSession session, uint? ownerUid, JobEnd ended)
    {
        session.Prepare(Queries.InsertEventsOfEndJobs)
            .Bind("at", ended.At)
            .Bind("trigger", (int)ended.Trigger)
            .Bind("from_state", (int)ended.From)
            .Bind("to_state", (int)ended.To)
            .Bind("reason", (int)ended.Reason)
            .Bind("detail", ended.Detail)
            .Bind("owner_uid", ownerUid)
            .Execute();
        var ids = BindOutcome(session.Prepare(Queries.EndJobs), ended)
            .Bind("owner_uid", ownerUid)
            .All(static row => row.Int64("id"));
        ids.Sort();
        session.Changes.Move(ended.From, ended.To, ids.Count);
        return ids;
    }

    private static Statement BindOutcome(Statement statement, JobEnd ended) => statement
        .Bind("from_state", (int)ended.From)
        .Bind("to_state", (int)ended.To)
        .Bind("reason", (int)ended.Reason)
        .Bind("reason_detail", ended.Detail)
        .Bind("finished_at", ended.At);
}
