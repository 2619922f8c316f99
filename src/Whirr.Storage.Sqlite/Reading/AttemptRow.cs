using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Makes an attempt from a row of the view <c>attempt_rows</c>, or from its columns within <c>job_rows</c>.</summary>
internal static class AttemptRow
{
    public static Attempt Read(Statement row) => new()
    {
        Key = new AttemptKey(row.Int64("job_id"), row.Int32("number"), row.Int64("lease_epoch")),
        Node = row.Text("node"),
        ClaimedAt = row.Time("claimed_at"),
        StartedAt = row.NullableTime("started_at"),
        FinishedAt = row.NullableTime("attempt_finished_at"),
        RunDir = row.NullableText("run_dir"),
        Pid = row.IsNull("pid") ? null : row.Int32("pid"),
        ExitCode = row.IsNull("exit_code") ? null : row.Int32("exit_code"),
        Signal = row.Int32("signal"),
        Reason = (EndReason)row.Int32("attempt_reason"),
        ReasonDetail = row.NullableText("attempt_reason_detail"),
        LogOffset = row.IsNull("log_offset") ? null : row.Int64("log_offset"),
        HeartbeatAt = row.NullableTime("heartbeat_at"),
        LeaseExpiresAt = row.NullableTime("lease_expires_at"),
        Usage = new AttemptUsage(row.Int64("max_rss_bytes"), TimeSpan.FromMicroseconds(row.Int64("cpu_us")))
        {
            PeakTreeBytes = row.Int64("peak_tree_bytes"),
            ReadBytes = row.Int64("read_bytes"),
            WrittenBytes = row.Int64("written_bytes"),
        },
    };
}
