using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;

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
        Attempt = row.Int32("attempt") == 0 ? null : ReadAttempt(row),
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
        ParentJobId = row.IsNull("parent_job_id") ? null : row.Int64("parent_job_id"),
    };

    private static Attempt ReadAttempt(Statement row) => new()
    {
        Key = new AttemptKey(row.Int64("id"), row.Int32("attempt"), row.Int64("lease_epoch")),
        Node = row.Text("node"),
        ClaimedAt = row.Time("claimed_at"),
        StartedAt = row.NullableTime("started_at"),
        FinishedAt = row.NullableTime("attempt_finished_at"),
        RunDir = row.NullableText("run_dir"),
        Pid = row.IsNull("pid") ? null : row.Int32("pid"),
        ExitCode = row.IsNull("exit_code") ? null : row.Int32("exit_code"),
        Signal = row.Int32("signal"),
        Reason = (EndReason)row.Int32("attempt_reason"),
        Usage = new AttemptUsage(row.Int64("max_rss_bytes"), TimeSpan.FromMicroseconds(row.Int64("cpu_us"))),
    };
}
