using Whirr.Domain.Ports;
using Whirr.Domain.Runs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Brings the index of a directory of runs up to date.</summary>
internal static class ChangeRuns
{
    public static int Run(WriteSession session, uint ownerUid, string root, IReadOnlyList<FoundRun> found, IReadOnlyList<string> gone)
    {
        foreach (var run in found)
        {
            Put(session, run, FindId(session, ownerUid, root, run.Entry.RunId));
        }

        foreach (var runId in gone)
        {
            if (FindId(session, ownerUid, root, runId) is { } id)
            {
                session.Prepare(Queries.DeleteRunText).Bind("id", id).Execute();
                session.Prepare(Queries.DeleteRun).Bind("id", id).Execute();
            }
        }

        return found.Count + gone.Count;
    }

    private static long? FindId(WriteSession session, uint ownerUid, string root, string runId) => session.Prepare(Queries.FindRunId)
        .Bind("owner_uid", ownerUid)
        .Bind("root", root)
        .Bind("run_id", runId)
        .Single(static row => (long?)row.Int64("id"));

    private static void Put(WriteSession session, FoundRun run, long? known)
    {
        var entry = run.Entry;
        PutRow(session, run, entry, known);
        session.Prepare(Queries.PutRunText)
            .Bind("id", known ?? session.Connection.LastInsertId)
            .Bind("name", entry.Name)
            .Bind("tags", string.Join('\n', entry.Tags))
            .Bind("note", entry.Note)
            .Bind("config", entry.ConfigJson)
            .Execute();
    }

    private static void PutRow(WriteSession session, FoundRun run, RunEntry entry, long? known)
    {
        var row = session.Prepare(Queries.PutRun)
            .Bind("id", known)
            .Bind("owner_uid", entry.OwnerUid)
            .Bind("root", entry.Root)
            .Bind("run_id", entry.RunId)
            .Bind("stamp", run.Stamp)
            .Bind("unended", run.IsUnended ? 1 : 0)
            .Bind("owner_name", entry.Owner)
            .Bind("job_id", entry.JobId)
            .Bind("name", entry.Name)
            .Bind("state", (int)entry.State)
            .Bind("reason", entry.Reason)
            .Bind("reason_detail", entry.ReasonDetail)
            .Bind("started_at", entry.StartedAt)
            .Bind("finished_at", entry.FinishedAt)
            .BindText("tags", session.Json.Array(entry.Tags))
            .Bind("config", entry.ConfigJson)
            .Bind("summary", entry.SummaryJson)
            .Bind("hostname", entry.Hostname)
            .Bind("exit_code", entry.ExitCode)
            .Bind("attempt", entry.Attempt)
            .Bind("note", entry.Note)
            .Bind("git_commit", entry.GitCommit)
            .Bind("git_dirty", entry.GitDirty ? 1 : 0)
            .Bind("problem", entry.Problem);
        _ = (entry.JobUid is { } uid ? row.Bind("job_uid", uid) : row.Bind("job_uid", (long?)null)).Execute();
    }
}
