using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Notices;

/// <summary>Turns what happens to jobs into notices in the outbox. Wakes when a job changes or the machine is in the way; <see cref="NoticeSender"/> delivers.</summary>
/// <remarks>
/// The cursor moves with the notices in one transaction, so a daemon that dies anywhere makes each notice once. Events that nobody is told
/// about move it in memory, and on disk when nothing else happens for a while: examining them twice leads to nothing twice.
/// </remarks>
public sealed partial class Notifier(
    IJobStore jobs,
    INoticeStore notices,
    JobChanges changes,
    Troubles troubles,
    NoticeSender sender,
    Func<NoticeDefaults> defaults,
    TimeProvider time,
    ILogger<Notifier> log) : BackgroundService
{
    private const int EventsAtOnce = 500;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TroublePause = TimeSpan.FromHours(6);

    private readonly Wake _wake = new();

    // The loop's own.
    private long? _seen;
    private long _saved;
    private readonly Dictionary<string, DateTimeOffset> _troublesTold = new(StringComparer.Ordinal);

    /// <summary>Looks at what has happened since the last time.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var seen = _seen ??= _saved = await notices.FindNoticeCursorAsync(stopping).ConfigureAwait(false);
        while (await notices.AllEventsAsync(seen, EventsAtOnce, stopping).ConfigureAwait(false) is { Count: > 0 } events)
        {
            List<NewNotice> told = [];
            var now = defaults();
            foreach (var happened in events.Where(NoticeRule.IsTold))
            {
                if (await jobs.FindAsync(happened.JobId, stopping).ConfigureAwait(false) is { } job)
                {
                    told.AddRange(NoticeRule.Decide(happened, job, now));
                }
            }

            told.AddRange(await TellEmptyQueueAsync(events[^1], now, stopping).ConfigureAwait(false));
            seen = events[^1].Seq;
            if (told.Count > 0)
            {
                await notices.AddNoticesAsync(seen, told, stopping).ConfigureAwait(false);
                _saved = seen;
                sender.Wake();
            }

            _seen = seen;
        }
    }

    /// <summary>Tells of trouble with the machine: the same one again after some hours at the earliest.</summary>
    private async Task TellTroubleAsync(string sentence, CancellationToken cancellation)
    {
        // Numbers in it (free space, a pause) may change all the time: it stays the same trouble.
        var now = time.GetUtcNow();
        var trouble = string.Concat(sentence.Where(c => !char.IsAsciiDigit(c)));
        if (_troublesTold.TryGetValue(trouble, out var last) && now - last < TroublePause)
        {
            return;
        }

        _troublesTold[trouble] = now;
        var told = NoticeRule.OfQueue(NoticeEvents.Trouble, sentence, seq: 0, now, defaults());
        if (told.Count == 0)
        {
            return;
        }

        try
        {
            // The cursor never moves back.
            await notices.AddNoticesAsync(cursor: 0, told, cancellation).ConfigureAwait(false);
            sender.Wake();
        }
        catch (StoreException e)
        {
            _troublesTold.Remove(trouble);
            LogTroubleNotTold(sentence, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        changes.Any += _wake.Signal;
        troubles.Changed += _wake.Signal;
        _wake.Signal();
        try
        {
            while (true)
            {
                if (!await ChangedAsync(stoppingToken).ConfigureAwait(false))
                {
                    await SaveAsync().ConfigureAwait(false);
                    continue;
                }

                try
                {
                    await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                    foreach (var sentence in troubles.Current)
                    {
                        await TellTroubleAsync(sentence, stoppingToken).ConfigureAwait(false);
                    }
                }
                catch (StoreException e)
                {
                    LogStoreTrouble(Quiet.TotalSeconds, e.Message);
                    await Task.Delay(Quiet, time, stoppingToken).ConfigureAwait(false);
                    _wake.Signal();
                }
            }
        }
        finally
        {
            changes.Any -= _wake.Signal;
            troubles.Changed -= _wake.Signal;
            await SaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a change; false when the cursor is to be saved meanwhile. With nothing to save it waits without a timer.</summary>
    private async Task<bool> ChangedAsync(CancellationToken stopping)
    {
        if (_seen is null || _seen == _saved)
        {
            await _wake.WaitAsync(stopping).ConfigureAwait(false);
            return true;
        }

        using var quiet = new CancellationTokenSource(Quiet, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, stopping);
        try
        {
            await _wake.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task SaveAsync()
    {
        if (_seen is not { } seen || seen == _saved)
        {
            return;
        }

        // Not tried again at once: a lost cursor costs nothing but a second look.
        _saved = seen;
        try
        {
            await notices.AddNoticesAsync(seen, [], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or ObjectDisposedException)
        {
            LogCursorNotSaved(e.Message);
        }
    }

    /// <summary>The queue is empty when the last of all events is an end and nothing is left. Events that come while this looks decide for
    /// themselves: an end among them leads here again, and anything else means that the queue is not empty.</summary>
    private async Task<IReadOnlyList<NewNotice>> TellEmptyQueueAsync(JobEvent last, NoticeDefaults now, CancellationToken stopping)
    {
        if (!now.Events.HasFlag(NoticeEvents.QueueEmpty) || !last.To.IsEnded())
        {
            return [];
        }

        var counts = await jobs.CountAsync(stopping).ConfigureAwait(false);
        var left = counts.Where(count => !count.Key.IsEnded()).Sum(count => count.Value);
        return left == 0 && (await notices.AllEventsAsync(last.Seq, 1, stopping).ConfigureAwait(false)).Count == 0
            ? NoticeRule.OfQueue(NoticeEvents.QueueEmpty, "the last job has ended, and none waits", last.Seq, last.At, now)
            : [];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "notices cannot be made, because the store cannot be used; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "nobody can be told now that {Trouble}, because the store cannot be used: {Why}")]
    private partial void LogTroubleNotTold(string trouble, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the place in the event log up to which notices were made could not be saved; the next daemon looks at the last events again: {Why}")]
    private partial void LogCursorNotSaved(string why);
}
