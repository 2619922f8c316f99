using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
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
            .Bind("run_dir", ending.RunDir)
            .Bind("started_at", ending.StartedAt)
            .Bind("finished_at", ending.EndedAt)
            .Bind("run_dir", ending.RunDir)
            .Bind("exit_code", exited?.ExitCode)
            .Bind("signal", exited?.Signal ?? 0)
            .Bind("reason", (int)verdict.AttemptReason)
            .Bind("max_rss_bytes", ending.Usage.MaxRssBytes)
            .Bind("cpu_us", (long)ending.Usage.CpuTime.TotalMicroseconds)
            .Execute();
        session.Prepare(Queries.SetJobOutcome)
            .Bind("job_id", key.JobId)
            .Bind("reason", (int)verdict.Reason)
            .Bind("reason_detail", verdict.Sentence)
            .Bind("finished_at", ended.To.IsEnded() ? ending.EndedAt : null)
            .Execute();
        session.AppendEvent(
            key.JobId, ending.EndedAt, verdict.Trigger, key.Number, ended.From, ended.To, verdict.Reason, verdict.Sentence);
        return true;
    }
}
