using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Whirr.Engine.Queue;

namespace Whirr.Daemon.Hosting;

/// <summary>Ctrl+C: once to start nothing any more and to end with the running jobs, twice to end those, three times to leave them running.</summary>
internal sealed partial class Interrupts(
    IJobStore store,
    LiveAttempts live,
    QueueHolds holds,
    JobChanges changes,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Interrupts> log)
{
    private const string Sentence = "ended with whirrd (second Ctrl+C)";

    private int _count;

    /// <summary>One more. Returns at once.</summary>
    public void Next()
    {
        switch (Interlocked.Increment(ref _count))
        {
            case 1:
                BeginEnding();
                break;
            case 2:
                LogEnds(live.Count);
                _ = CancelAllAsync();
                break;
            default:
                LogLeaves();
                lifetime.StopApplication();
                break;
        }
    }

    private void BeginEnding()
    {
        holds.BeginEnding();
        if (live.Any)
        {
            LogWaits(live.Count);
        }

        // Subscribe first, then look: an end in between is not missed.
        live.Left += StopWhenAlone;
        StopWhenAlone();
    }

    private void StopWhenAlone()
    {
        if (!live.Any)
        {
            lifetime.StopApplication();
        }
    }

    private async Task CancelAllAsync()
    {
        try
        {
            foreach (var job in await store.ListLiveAsync(CancellationToken.None).ConfigureAwait(false))
            {
                var asked = JobTransitions.Require(job.State, JobTrigger.CancelRequested);
                if (await store.RequestCancelAsync(job.Id, asked, Sentence, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false)
                    || await store.RequestCancelAsync(job.Id, JobState.Running, Sentence, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false))
                {
                    live.Cancel(job.Id, job.Settings.KillGracePeriod);
                    changes.Publish(job.Id);
                }
            }
        }
        catch (StoreException e)
        {
            LogNotEnded(e.Message);
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "interrupted: nothing is started any more, and whirrd ends when the {Count} running jobs have; interrupt again (Ctrl+C) to end them now")]
    private partial void LogWaits(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "interrupted again: ending {Count} running jobs; interrupt once more to leave them to their keepers")]
    private partial void LogEnds(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "interrupted a third time: stopping now, the jobs go on with their keepers")]
    private partial void LogLeaves();

    [LoggerMessage(Level = LogLevel.Error, Message = "the running jobs could not be ended, they go on with their keepers: {Why}")]
    private partial void LogNotEnded(string why);
}
