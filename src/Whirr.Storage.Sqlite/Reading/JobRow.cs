using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Columns;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Makes a job from a row of the view <c>job_rows</c>.</summary>
internal static class JobRow
{
    public static Job Read(Statement row) => new()
    {
        Id = row.Int64("id"),
        Settings = ReadSettings(row),
        Owner = new JobOwner(
            (uint)row.Int64("owner_uid"), (uint)row.Int64("owner_gid"), JsonColumn.Numbers(row.Bytes("owner_groups")), row.Text("owner_name")),
        State = (JobState)row.Int32("state"),
        Reason = (EndReason)row.Int32("reason"),
        ReasonDetail = row.NullableText("reason_detail"),
        CreatedAt = row.Time("created_at"),
        CancelRequestedAt = row.NullableTime("cancel_requested_at"),
        FinishedAt = row.NullableTime("finished_at"),
        RetriesUsed = row.Int32("retries_used"),
        Losses = row.Int32("losses"),
        EligibleAt = row.NullableTime("eligible_at"),
        Attempt = row.Int32("attempt") == 0 ? null : AttemptRow.Read(row),
    };

    private static JobSettings ReadSettings(Statement row) => new()
    {
        Uid = row.Guid("uid"),
        ClientJobId = row.NullableText("client_job_id"),
        Name = row.Text("name"),
        Tags = JsonColumn.Strings(row.Bytes("tags")),
        Priority = row.Int32("priority"),
        CommandArgv = JsonColumn.Strings(row.Bytes("command_argv")),
        Workdir = row.Text("workdir"),
        ConfigJson = row.Text("config"),
        RunsDir = row.NullableText("runs_dir"),
        Umask = row.Int32("umask"),
        KillGracePeriod = TimeSpan.FromMilliseconds(row.Int64("kill_grace_ms")),
        OnLost = (OnLost)row.Int32("on_lost"),
        OnDaemonLoss = (OnDaemonLoss)row.Int32("on_daemon_loss"),
        MaxAttempts = row.Int32("max_attempts"),
        Limits = ReadLimits(row),
        Retry = row.IsNull("retry") ? RetryPolicy.Never : SettingsJson.Read<RetryPolicy>(row.Bytes("retry")),
        Watch = row.IsNull("watch") ? JobWatch.None : SettingsJson.Read<JobWatch>(row.Bytes("watch")),
        Notices = row.IsNull("notices") ? null : SettingsJson.Read<NoticeSettings>(row.Bytes("notices")),
        ParentJobId = row.IsNull("parent_job_id") ? null : row.Int64("parent_job_id"),
    };

    private static JobLimits ReadLimits(Statement row)
    {
        var limits = row.IsNull("limits") ? JobLimits.None : SettingsJson.Read<JobLimits>(row.Bytes("limits"));
        return row.IsNull("time_limit_ms") ? limits : limits with { Time = TimeSpan.FromMilliseconds(row.Int64("time_limit_ms")) };
    }
}
