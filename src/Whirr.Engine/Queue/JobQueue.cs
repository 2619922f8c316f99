using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Whirr.Engine.Faults;

namespace Whirr.Engine.Queue;

/// <summary>What users do with jobs: submit, retry, cancel, look. Knows who may do what.</summary>
public sealed class JobQueue(IJobStore store, JobChanges changes, LiveAttempts live, Dispatcher dispatcher, IFaults faults, TimeProvider time)
{
    /// <summary>Puts jobs in the queue, all or none. When it returns they are on disk.</summary>
    public async Task<IReadOnlyList<AddedJob>> SubmitAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellation)
    {
        var added = await store.AddAsync(jobs, cancellation).ConfigureAwait(false);
        dispatcher.Wake();
        changes.PublishAll([.. added.Where(job => !job.Existed).Select(job => job.Id)]);
        faults.Reach(FaultPoint.AfterSubmitBeforeReply);
        return added;
    }

    /// <summary>Submits an ended job again, as a new job that names it as its parent.</summary>
    public async Task<RetryResult> RetryAsync(JobOwner caller, long jobId, Guid uid, CancellationToken cancellation)
    {
        if (await store.FindAsync(jobId, cancellation).ConfigureAwait(false) is not { } job)
        {
            return new RetryResult.NotFound();
        }

        if (!caller.MayControl(job.Owner.Uid))
        {
            return new RetryResult.NotYours(job);
        }

        if (job.State is not (JobState.Failed or JobState.Cancelled or JobState.Lost))
        {
            return new RetryResult.WrongState(job);
        }

        var environment = await store.FindEnvironmentAsync(jobId, cancellation).ConfigureAwait(false) ?? [];
        var settings = job.Settings with { Uid = uid, ClientJobId = null, ParentJobId = job.Id };
        var added = await SubmitAsync([new NewJob(settings, job.Owner, environment, time.GetUtcNow())], cancellation).ConfigureAwait(false);
        return new RetryResult.Submitted(added[0]);
    }

    /// <summary>Ends a job: a queued one at once, a live one by asking its keeper.</summary>
    public async Task<CancelResult> CancelAsync(JobOwner caller, long jobId, CancellationToken cancellation)
    {
        while (await store.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job)
        {
            if (!caller.MayControl(job.Owner.Uid))
            {
                return new(CancelOutcome.NotYours, job.State);
            }

            if (job.State.IsEnded())
            {
                return new(CancelOutcome.AlreadyEnded, job.State);
            }

            if (job.State.IsLive())
            {
                // Asking keeps the state; the table says whether it may be asked.
                var asked = JobTransitions.Require(job.State, JobTrigger.CancelRequested);
                if (await store.RequestCancelAsync(jobId, asked, Because(caller), time.GetUtcNow(), cancellation).ConfigureAwait(false))
                {
                    faults.Reach(FaultPoint.AfterCancelBeforeSignal);
                    live.Cancel(jobId, job.Settings.KillGracePeriod);
                    changes.Publish(jobId);
                    return new(CancelOutcome.Requested, job.State);
                }
            }
            else if (await store.EndJobAsync(jobId, CancelQueued(caller), cancellation).ConfigureAwait(false))
            {
                changes.Publish(jobId);
                return new(CancelOutcome.Cancelled, JobState.Cancelled);
            }

            // Somebody else moved it between the look and the write: look again.
        }

        return new(CancelOutcome.NotFound, default);
    }

    /// <summary>Cancels every queued job of the caller; for root, of everybody.</summary>
    /// <returns>How many.</returns>
    public async Task<int> CancelAllQueuedAsync(JobOwner caller, CancellationToken cancellation)
    {
        uint? owner = caller.Uid == 0 ? null : caller.Uid;
        var ended = await store.EndJobsAsync(owner, CancelQueued(caller), cancellation).ConfigureAwait(false);
        changes.PublishAll(ended);
        return ended.Count;
    }

    /// <summary>Waits until a job has ended; null when there is no such job.</summary>
    public async Task<Job?> WaitAsync(long jobId, CancellationToken cancellation)
    {
        using var subscription = changes.Subscribe(jobId);
        while (await store.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job)
        {
            if (job.State.IsEnded())
            {
                return job;
            }

            await subscription.NextAsync(cancellation).ConfigureAwait(false);
        }

        return null;
    }

    private JobEnd CancelQueued(JobOwner caller) => new(
        JobState.Queued,
        JobTrigger.Cancelled,
        JobTransitions.Require(JobState.Queued, JobTrigger.Cancelled),
        EndReason.CancelledByUser,
        Because(caller),
        time.GetUtcNow());

    private static string Because(JobOwner caller) => $"cancelled by {caller.Name}";
}
