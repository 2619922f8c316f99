using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;

namespace Whirr.Engine.Queue;

/// <summary>Changes how long jobs may run, while they wait or run.</summary>
public sealed class TimeExtender(IJobStore jobs, ILeaseStore leases, LiveAttempts live, JobChanges changes, TimeProvider time)
{
    /// <summary>Changes the time limit of a job. It is on disk before the keeper hears of it, so a new daemon can tell the keeper again.</summary>
    public async Task<ExtendResult> ExtendAsync(JobOwner caller, long jobId, TimeLimitChange change, CancellationToken cancellation)
    {
        while (await jobs.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job)
        {
            if (!caller.MayControl(job.Owner.Uid))
            {
                return new ExtendResult.NotYours(job);
            }

            if (job.State.IsEnded())
            {
                return new ExtendResult.Ended(job);
            }

            if (change.FindFault(job, time.GetUtcNow(), out var limit) is { } fault)
            {
                return new ExtendResult.Refused(fault);
            }

            var detail = $"time limit {Words(job.Settings.Limits.Time)} -> {Words(limit)}, by {caller.Name}";
            if (await leases.SetTimeLimitAsync(jobId, job.State, limit, detail, time.GetUtcNow(), cancellation).ConfigureAwait(false))
            {
                live.SetTimeLimit(jobId, limit);
                changes.Publish(jobId);
                return new ExtendResult.Extended(jobId);
            }

            // Somebody else moved it between the look and the write: look again.
        }

        return new ExtendResult.NotFound();
    }

    private static string Words(TimeSpan? limit) => limit is { } time ? EndSentence.Words(time) : "none";
}
