using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Columns;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Ends an attempt, and moves its job to where the verdict says.</summary>
internal static class EndAttempt
{
    public static bool Run(WriteSession session, AttemptEnd ended)
    {
        var (key, ending, verdict) = (ended.Key, ended.Ending, ended.Verdict);
        if (!FencedMove.TryRun(session, key, ended.From, ended.To))
        {
            return false;
        }

        var exited = ending as AttemptEnding.Exited;
        session.Prepare(Queries.EndAttempt)
            .Bind("lease_epoch", key.LeaseEpoch)
            .Bind("started_at", ending.StartedAt)
            .Bind("finished_at", ending.EndedAt)
            .Bind("run_dir", ending.RunDir)
            .Bind("exit_code", exited?.ExitCode)
            .Bind("signal", exited?.Signal ?? 0)
            .Bind("reason", (int)verdict.AttemptReason)
            .Bind("reason_detail", verdict.Sentence)
            .Bind("log_offset", ending.LogOffset)
            .Bind("max_rss_bytes", ending.Usage.MaxRssBytes)
            .Bind("cpu_us", (long)ending.Usage.CpuTime.TotalMicroseconds)
            .Bind("peak_tree_bytes", ending.Usage.PeakTreeBytes)
            .Bind("read_bytes", ending.Usage.ReadBytes)
            .Bind("written_bytes", ending.Usage.WrittenBytes)
            .Execute();
        var pauses = !ended.To.IsEnded() && verdict.Pause > TimeSpan.Zero;
        session.Prepare(Queries.SetJobOutcome)
            .Bind("job_id", key.JobId)
            .Bind("reason", (int)verdict.Reason)
            .Bind("reason_detail", verdict.Sentence)
            .Bind("finished_at", ended.To.IsEnded() ? ending.EndedAt : null)
            .Bind("retries", verdict.Counts == AttemptCount.Retry ? 1 : 0)
            .Bind("losses", verdict.Counts == AttemptCount.Loss ? 1 : 0)
            .Bind("eligible_at", pauses ? ending.EndedAt + verdict.Pause : null)
            .Bind("pause_ms", pauses ? (long)verdict.Pause.TotalMilliseconds : 0)
            .Bind("blocked", pauses ? (int)Blocks.Pausing : 0)
            .Execute();
        session.AppendEvent(
            key.JobId, ending.EndedAt, verdict.Trigger, key.Number, ended.From, ended.To, verdict.Reason, verdict.Sentence);
        return true;
    }
}
