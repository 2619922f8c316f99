using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Domain.Runs;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Makes a run from a row of the view <c>run_rows</c>.</summary>
internal static class RunRow
{
    public static RunEntry Read(Statement row)
    {
        var run = ReadRecords(row);
        return row.IsNull("queue_job_id") ? run : run with
        {
            JobId = row.Int64("queue_job_id"),
            State = (JobState)row.Int32("queue_state"),
            Reason = ((EndReason)row.Int32("queue_reason")).ToWord(),
            ReasonDetail = row.NullableText("queue_reason_detail") ?? "",
            StartedAt = row.NullableTime("queue_started_at") ?? run.StartedAt,
            FinishedAt = row.NullableTime("queue_finished_at"),
            ExitCode = row.IsNull("queue_exit_code") ? null : row.Int32("queue_exit_code"),
            Attempt = row.Int32("queue_attempt"),
        };
    }

    public static KnownRun ReadKnown(Statement row) => new(
        row.Text("run_id"),
        row.Text("stamp"),
        (JobState)row.Int32("state"),
        row.Int64("unended") == 0 ? null : new UnendedRun(row.Text("hostname"), row.Int64("is_job") != 0));

    public static RunRoot ReadRoot(Statement row) => new(
        new JobOwner(
            (uint)row.Int64("owner_uid"), (uint)row.Int64("owner_gid"), JsonColumn.Numbers(row.Bytes("owner_groups")), row.Text("owner_name")),
        row.Text("path"));

    private static RunEntry ReadRecords(Statement row) => new()
    {
        RunId = row.Text("run_id"),
        Root = row.Text("root"),
        OwnerUid = (uint)row.Int64("owner_uid"),
        Owner = row.Text("owner_name"),
        JobId = row.Int64("job_id"),
        JobUid = row.IsNull("job_uid") ? null : row.Guid("job_uid"),
        Name = row.Text("name"),
        State = (JobState)row.Int32("state"),
        Reason = row.Text("reason"),
        ReasonDetail = row.Text("reason_detail"),
        StartedAt = row.NullableTime("started_at"),
        FinishedAt = row.NullableTime("finished_at"),
        Tags = JsonColumn.Strings(row.Bytes("tags")),
        ConfigJson = row.NullableText("config"),
        SummaryJson = row.NullableText("summary"),
        Hostname = row.Text("hostname"),
        ExitCode = row.IsNull("exit_code") ? null : row.Int32("exit_code"),
        Attempt = row.Int32("attempt"),
        Note = row.Text("note"),
        GitCommit = row.Text("git_commit"),
        GitDirty = row.Int64("git_dirty") != 0,
        Problem = row.Text("problem"),
    };
}
