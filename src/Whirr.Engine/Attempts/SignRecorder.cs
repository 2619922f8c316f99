using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Attempts;

/// <summary>Brings what attempts tell while they run into the store, in order, however long that takes.</summary>
public sealed partial class SignRecorder(ILeaseStore store, IJobStore jobs, JobChanges changes, TimeProvider time, ILogger<SignRecorder> log)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private const int EventsOfOneJob = 10_000;

    private readonly Channel<Func<CancellationToken, Task>> _work =
        Channel.CreateUnbounded<Func<CancellationToken, Task>>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Takes a sign. May be called from any thread.</summary>
    internal void Take(LiveAttempt attempt, AttemptSign sign)
    {
        switch (sign)
        {
            case AttemptSign.Alive alive:
                attempt.Sight = new AttemptSight(time.GetUtcNow(), time.GetTimestamp(), alive);
                break;
            case AttemptSign.Stalled stalled:
                attempt.Stalled = stalled.Sentence;
                Add(attempt, new Note(attempt.Key, JobTrigger.Stalled, EndReason.Stalled, stalled.Sentence, time.GetUtcNow()));
                break;
            case AttemptSign.Resumed when attempt.Stalled is not null:
                attempt.Stalled = null;
                Add(attempt, new Note(attempt.Key, JobTrigger.Resumed, EndReason.None, "it goes on", time.GetUtcNow()));
                break;
            case AttemptSign.Alerted alerted:
                attempt.HasNotes = true;
                _work.Writer.TryWrite(stopping => RecordAlertAsync(attempt, alerted.Alert, stopping));
                break;
        }
    }

    /// <summary>Completes when everything is recorded that was taken of an attempt up to now.</summary>
    internal async Task SettleAsync(LiveAttempt attempt, CancellationToken stopping)
    {
        if (attempt.HasNotes)
        {
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _work.Writer.TryWrite(_ =>
            {
                settled.TrySetResult();
                return Task.CompletedTask;
            });
            await settled.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var record in _work.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await record(stoppingToken).ConfigureAwait(false);
        }
    }

    private void Add(LiveAttempt attempt, Note note)
    {
        attempt.HasNotes = true;
        _work.Writer.TryWrite(stopping => InsistAsync(note, async () =>
        {
            if (!await IsRepeatedAsync(note, stopping).ConfigureAwait(false)
                && await store.NoteAsync(note.Key, JobState.Running, note.Trigger, note.Reason, note.Sentence, note.At, stopping).ConfigureAwait(false))
            {
                Publish(note);
            }
        }, stopping));
    }

    /// <summary>The supervisor tells it again, to this daemon or the next one, until it hears that it is in the store. By its time it is known.</summary>
    private async Task RecordAlertAsync(LiveAttempt attempt, AttemptAlert alert, CancellationToken stopping)
    {
        var note = new Note(attempt.Key, JobTrigger.Alerted, EndReason.None, alert.Sentence, alert.At);
        await InsistAsync(note, async () =>
        {
            attempt.LastAlert ??= await FindLastAlertAsync(note.Key, stopping).ConfigureAwait(false);
            if (alert.At > attempt.LastAlert && await NoteInAnyStateAsync(note, stopping).ConfigureAwait(false))
            {
                attempt.LastAlert = alert.At;
                Publish(note);
            }
        }, stopping).ConfigureAwait(false);
        attempt.Attempt?.AcknowledgeAlert(alert.At);
    }

    /// <summary>Also while the start is still on its way to the store.</summary>
    private async Task<bool> NoteInAnyStateAsync(Note note, CancellationToken stopping)
    {
        while (await jobs.FindAsync(note.Key.JobId, stopping).ConfigureAwait(false) is { State: JobState.Starting or JobState.Running } job
            && job.Attempt?.Key == note.Key)
        {
            if (await store.NoteAsync(note.Key, job.State, note.Trigger, note.Reason, note.Sentence, note.At, stopping).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<DateTimeOffset> FindLastAlertAsync(AttemptKey key, CancellationToken stopping)
    {
        var last = DateTimeOffset.MinValue;
        var seen = 0L;
        while (await jobs.EventsAsync(key.JobId, seen, EventsOfOneJob, stopping).ConfigureAwait(false) is { Count: > 0 } events)
        {
            last = events.LastOrDefault(e => e.Attempt == key.Number && e.Trigger == JobTrigger.Alerted)?.At ?? last;
            seen = events[^1].Seq;
        }

        return last;
    }

    private async Task InsistAsync(Note note, Func<Task> record, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await record().ConfigureAwait(false);
                return;
            }
            catch (StoreException e)
            {
                LogNotRecorded(note.Key.JobId, note.Trigger.ToWord(), e.Message);
                await Task.Delay(Retry, time, stopping).ConfigureAwait(false);
            }
        }
    }

    private void Publish(Note note)
    {
        LogNoted(note.Key.JobId, note.Key.Number, note.Trigger.ToWord(), note.Sentence);
        changes.Publish(note.Key.JobId);
    }

    /// <summary>A keeper tells a new daemon what it told the one before: it is recorded once.</summary>
    private async Task<bool> IsRepeatedAsync(Note note, CancellationToken stopping)
    {
        var events = await jobs.EventsAsync(note.Key.JobId, 0, EventsOfOneJob, stopping).ConfigureAwait(false);
        var last = events.LastOrDefault(e => e.Attempt == note.Key.Number && e.Trigger is JobTrigger.Stalled or JobTrigger.Resumed);
        return last?.Trigger == note.Trigger || (last is null && note.Trigger == JobTrigger.Resumed);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {WhirrJobId} attempt {Attempt} {What}: {Sentence}")]
    private partial void LogNoted(long whirrJobId, int attempt, string what, string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "that job {WhirrJobId} {What} could not be recorded; trying again in a moment: {Why}")]
    private partial void LogNotRecorded(long whirrJobId, string what, string why);

    private sealed record Note(AttemptKey Key, JobTrigger Trigger, EndReason Reason, string Sentence, DateTimeOffset At);
}
