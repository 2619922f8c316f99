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

    private readonly Channel<Note> _notes = Channel.CreateUnbounded<Note>(new UnboundedChannelOptions { SingleReader = true });

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
                _notes.Writer.TryWrite(new Note(attempt.Key, JobTrigger.Stalled, EndReason.Stalled, stalled.Sentence, time.GetUtcNow()));
                break;
            case AttemptSign.Resumed when attempt.Stalled is not null:
                attempt.Stalled = null;
                _notes.Writer.TryWrite(new Note(attempt.Key, JobTrigger.Resumed, EndReason.None, "it goes on", time.GetUtcNow()));
                break;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var note in _notes.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await RecordAsync(note, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task RecordAsync(Note note, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                if (!await IsRepeatedAsync(note, stopping).ConfigureAwait(false)
                    && await store.NoteAsync(note.Key, JobState.Running, note.Trigger, note.Reason, note.Sentence, note.At, stopping).ConfigureAwait(false))
                {
                    LogNoted(note.Key.JobId, note.Key.Number, note.Trigger.ToWord(), note.Sentence);
                    changes.Publish(note.Key.JobId);
                }

                return;
            }
            catch (StoreException e)
            {
                LogNotRecorded(note.Key.JobId, note.Trigger.ToWord(), e.Message);
                await Task.Delay(Retry, time, stopping).ConfigureAwait(false);
            }
        }
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
