using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Faults;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Attempts;

/// <summary>Follows one attempt after another's shape: start or adopt, record the start, record the end, forget.</summary>
/// <remarks>
/// The order is what makes it safe. The claim is in the store before a keeper exists; the end is in the store before the keeper's
/// traces are removed. A daemon that dies anywhere in between finds the attempt again by <see cref="IRunner.AdoptAsync"/>.
/// </remarks>
public sealed partial class AttemptFollower(
    IJobStore store,
    IRunner runner,
    LiveAttempts live,
    JobChanges changes,
    SignRecorder signs,
    IFaults faults,
    TimeProvider time,
    ILogger<AttemptFollower> log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>Raised when an attempt's slot is free again, or a job came back to the queue.</summary>
    public event Action? QueueMayMove;

    /// <summary>Raised when the machine could not start a job; before <see cref="QueueMayMove"/> for that job.</summary>
    public event Action<StartTrouble>? StartTroubled;

    /// <summary>Raised when a command of this user runs.</summary>
    public event Action<JobOwner>? StartWorked;

    /// <summary>Raised when a job came back to the queue and pauses for this long.</summary>
    public event Action<long, TimeSpan>? Paused;

    /// <summary>Starts a claimed job whose slot is held, and follows it to its end.</summary>
    /// <returns>Completes once there is an attempt to follow, or no supervisor could be started and the job was put back.</returns>
    public async Task LaunchAsync(ClaimedJob claimed, CancellationToken stopping)
    {
        var job = claimed.Job;
        IAttempt attempt;
        try
        {
            faults.Reach(FaultPoint.AfterClaimBeforeSpawn);
            attempt = await runner.StartAsync(claimed, CancellationToken.None).ConfigureAwait(false);
            faults.Reach(FaultPoint.AfterSpawnBeforeFollow);
        }
        catch (RunnerException e)
        {
            LogNotStarted(job.Id, e.Message);
            await PutBackAsync(job, e.Message, stopping).ConfigureAwait(false);
            live.Remove(job.Attempt!.Key);
            StartTroubled?.Invoke(new StartTrouble(null, e.Message));
            QueueMayMove?.Invoke();
            return;
        }

        Follow(job, attempt, adopted: false, stopping);
    }

    /// <summary>Finds a live job of an earlier daemon, whose slot is held, and follows it to its end.</summary>
    public async Task AdoptAsync(Job job, CancellationToken stopping)
    {
        var attempt = await runner.AdoptAsync(job, stopping).ConfigureAwait(false);
        Follow(job, attempt, adopted: true, stopping);
    }

    private void Follow(Job job, IAttempt attempt, bool adopted, CancellationToken stopping)
    {
        var followed = live.Attach(attempt);
        attempt.Signed += sign => signs.Take(followed, sign);
        attempt.Ping();
        _ = FollowToEndAsync(job, followed, attempt, adopted, stopping);
    }

    private async Task FollowToEndAsync(Job job, LiveAttempt followed, IAttempt attempt, bool adopted, CancellationToken stopping)
    {
        try
        {
            await PassOnEarlierWishesAsync(job, attempt, adopted, stopping).ConfigureAwait(false);
            await RecordStartAsync(job, attempt, stopping).ConfigureAwait(false);
            var ending = await attempt.Ended.WaitAsync(stopping).ConfigureAwait(false);
            faults.Reach(FaultPoint.AfterEndBeforeCommit);
            if (ending is AttemptEnding.NotRun notRun)
            {
                LogNotRun(job.Id, notRun.Sentence);
                StartTroubled?.Invoke(new StartTrouble(job.Owner, notRun.Sentence));
            }

            var recorded = RecordEndAsync(followed, ending, stopping);

            // The tree is gone, so the slot is free, whether or not the store has taken the news yet.
            live.FreeSlot(attempt.Key);
            QueueMayMove?.Invoke();

            await recorded.ConfigureAwait(false);
            faults.Reach(FaultPoint.AfterEndCommitted);
            attempt.Forget();
            live.Remove(attempt.Key);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            LogLeft(job.Id);
        }
        catch (Exception e)
        {
            // Whatever went wrong here, the attempt's facts are on disk: without its slot held, the rescuer finds it again.
            LogFollowFailed(e, job.Id);
            live.Remove(attempt.Key);
        }
    }

    /// <summary>What was recorded before this attempt had its place among the live ones told nobody: look once. An adopted attempt may also
    /// have missed what the daemon before recorded last.</summary>
    private async Task PassOnEarlierWishesAsync(Job job, IAttempt attempt, bool adopted, CancellationToken stopping)
    {
        if (await store.FindAsync(job.Id, stopping).ConfigureAwait(false) is not { } now)
        {
            return;
        }

        if (now.CancelRequestedAt is not null)
        {
            attempt.Cancel(now.Settings.KillGracePeriod);
        }

        if (adopted || now.Settings.Limits.Time != job.Settings.Limits.Time)
        {
            live.RepeatTimeLimit(attempt.Key, now.Settings.Limits.Time);
        }
    }

    private async Task RecordStartAsync(Job job, IAttempt attempt, CancellationToken stopping)
    {
        await Task.WhenAny(attempt.Started, attempt.Ended).WaitAsync(stopping).ConfigureAwait(false);
        if (!attempt.Started.IsCompletedSuccessfully || job.State == JobState.Running)
        {
            return;
        }

        var start = await attempt.Started.ConfigureAwait(false);
        StartWorked?.Invoke(job.Owner);
        faults.Reach(FaultPoint.AfterStartBeforeCommit);
        try
        {
            if (await store.MarkStartedAsync(attempt.Key, start, stopping).ConfigureAwait(false))
            {
                LogStarted(job.Id, attempt.Key.Number, start.Pid, job.Settings.Name);
                changes.Publish(job.Id);
                faults.Reach(FaultPoint.AfterStartCommitted);
            }
        }
        catch (StoreException e)
        {
            // Its end will be recorded all the same, and brings the start with it.
            LogStartNotRecorded(job.Id, e.Message);
        }
    }

    /// <summary>First what it told while it ran: an ended job takes no more notes.</summary>
    private async Task RecordEndAsync(LiveAttempt followed, AttemptEnding ending, CancellationToken stopping)
    {
        foreach (var alert in ending.Alerts)
        {
            signs.Take(followed, new AttemptSign.Alerted(alert));
        }

        await signs.SettleAsync(followed, stopping).ConfigureAwait(false);
        await ConcludeAsync(followed.Key, ending, stopping).ConfigureAwait(false);
    }

    /// <summary>Brings the end of an attempt into the store, however long that takes.</summary>
    private async Task ConcludeAsync(AttemptKey key, AttemptEnding ending, CancellationToken stopping)
    {
        for (var pause = FirstRetry; ; pause = Longer(pause))
        {
            try
            {
                await ConcludeOnceAsync(key, ending, stopping).ConfigureAwait(false);
                return;
            }
            catch (StoreException e)
            {
                LogEndNotRecorded(key.JobId, pause.TotalSeconds, e.Message);
                await Task.Delay(pause, time, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task ConcludeOnceAsync(AttemptKey key, AttemptEnding ending, CancellationToken stopping)
    {
        while (await store.FindAsync(key.JobId, stopping).ConfigureAwait(false) is { } job
            && job.State.IsLive() && job.Attempt?.Key == key)
        {
            var verdict = AttemptVerdict.Decide(job, ending);
            var to = JobTransitions.Require(job.State, verdict.Trigger);
            if (await store.EndAttemptAsync(new AttemptEnd(key, job.State, ending, verdict, to), stopping).ConfigureAwait(false))
            {
                LogEnd(key, to, verdict);
                changes.Publish(key.JobId);
                if (verdict.Pause > TimeSpan.Zero)
                {
                    Paused?.Invoke(key.JobId, verdict.Pause);
                }
                else if (to == JobState.Queued)
                {
                    QueueMayMove?.Invoke();
                }

                return;
            }
        }

        LogStale(key.JobId, key.Number, key.LeaseEpoch);
    }

    /// <summary>Puts a job back that no supervisor could be started for: the machine's fault, which uses up nothing of the job's.</summary>
    private async Task PutBackAsync(Job job, string sentence, CancellationToken stopping)
    {
        var ending = new AttemptEnding.NotRun(EndReason.StartFailed, sentence) { EndedAt = time.GetUtcNow() };
        var verdict = AttemptVerdict.Decide(job, ending);
        var to = JobTransitions.Require(job.State, verdict.Trigger);
        for (var pause = FirstRetry; ; pause = Longer(pause))
        {
            try
            {
                await store.EndAttemptAsync(new AttemptEnd(job.Attempt!.Key, job.State, ending, verdict, to), stopping).ConfigureAwait(false);
                changes.Publish(job.Id);
                return;
            }
            catch (StoreException e)
            {
                LogEndNotRecorded(job.Id, pause.TotalSeconds, e.Message);
                await Task.Delay(pause, time, stopping).ConfigureAwait(false);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestRetry ? pause * 2 : LongestRetry;

    [LoggerMessage(Level = LogLevel.Information, Message = "job {WhirrJobId} attempt {Attempt} runs as process {Pid}: {Name}")]
    private partial void LogStarted(long whirrJobId, int attempt, int pid, string name);

    /// <summary>A lost attempt is the machine's trouble and stands out; how a command ends, and whether it is tried again, is its own business.
    /// An attempt that the machine could not start was told before.</summary>
    private void LogEnd(AttemptKey key, JobState to, AttemptVerdict verdict)
    {
        var outcome = verdict.Sentence is { } sentence ? $"{to.ToWord()}: {sentence}" : to.ToWord();
        if (to == JobState.Lost || verdict.Counts == AttemptCount.Loss)
        {
            LogLost(key.JobId, key.Number, outcome);
        }
        else
        {
            LogEnded(key.JobId, key.Number, outcome);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "job {WhirrJobId} attempt {Attempt} ended, the job is {Outcome}")]
    private partial void LogEnded(long whirrJobId, int attempt, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {WhirrJobId} attempt {Attempt} was lost, the job is {Outcome}")]
    private partial void LogLost(long whirrJobId, int attempt, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {WhirrJobId} could not be started by this machine; it goes back to the queue: {Sentence}")]
    private partial void LogNotRun(long whirrJobId, string sentence);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {WhirrJobId} could not be given a keeper and goes back to the queue: {Why}")]
    private partial void LogNotStarted(long whirrJobId, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the start of job {WhirrJobId} could not be recorded, its end will be: {Why}")]
    private partial void LogStartNotRecorded(long whirrJobId, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "the end of job {WhirrJobId} could not be recorded; trying again in {Seconds} s, its exit record is kept until then: {Why}")]
    private partial void LogEndNotRecorded(long whirrJobId, double seconds, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {WhirrJobId} attempt {Attempt} (epoch {Epoch}) reported an end, but is not the current attempt; ignored")]
    private partial void LogStale(long whirrJobId, int attempt, long epoch);

    [LoggerMessage(Level = LogLevel.Debug, Message = "job {WhirrJobId} is left to its keeper")]
    private partial void LogLeft(long whirrJobId);

    [LoggerMessage(Level = LogLevel.Error, Message = "job {WhirrJobId} could not be followed, leaving it to the rescuer")]
    private partial void LogFollowFailed(Exception e, long whirrJobId);
}
