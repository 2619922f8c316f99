using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>Delivers the notices of the outbox, and tries again what did not arrive. Sleeps until one is due.</summary>
/// <remarks>
/// At most one delivery at a time goes to a target, two through a channel, four in all; a target that fails is left alone for a while
/// whatever else waits for it. So a dead one costs the others next to nothing. Where more than a few notices wait for people, they go in one
/// message: nobody wants five hundred letters of a sweep that failed.
/// </remarks>
public sealed partial class NoticeSender(
    INoticeStore store, NoticeComposer composer, IEnumerable<INoticeChannel> channels, TimeProvider time, ILogger<NoticeSender> log) : BackgroundService
{
    private const int Most = 4;
    private const int MostOfChannel = 2;
    private const int MostTargets = 1000;
    private const int MostSingle = 5;
    private const int MostInOne = 200;
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<INoticeChannel> _channels = [.. channels];
    private readonly Wake _wake = new();

    // The loop's own: deliveries put their results into them only through the loop.
    private readonly Dictionary<string, Delivery> _underway = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Trouble> _troubled = new(StringComparer.Ordinal);
    private readonly Dictionary<long, NoticeOutcome> _unrecorded = [];

    /// <summary>Says that there may be something to deliver.</summary>
    public void Wake() => _wake.Signal();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Wake();
        try
        {
            while (true)
            {
                TimeSpan? next;
                try
                {
                    await RecordAsync(stoppingToken).ConfigureAwait(false);
                    next = await StartDueAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (StoreException e)
                {
                    LogStoreTrouble(StorePause.TotalSeconds, e.Message);
                    next = StorePause;
                }

                await WaitAsync(next, stoppingToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await ((Task)Task.WhenAll(_underway.Values.Select(delivery => delivery.Task))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts what is due and may be started.</summary>
    /// <returns>How long until the next is due; null: not before something happens.</returns>
    private async Task<TimeSpan?> StartDueAsync(CancellationToken stopping)
    {
        TimeSpan? next = null;
        var now = time.GetUtcNow();
        foreach (var notice in await store.ListNextNoticesAsync(MostTargets, stopping).ConfigureAwait(false))
        {
            var target = notice.What.Target;
            if (_underway.ContainsKey(target) || _unrecorded.ContainsKey(notice.Id))
            {
                continue;
            }

            var wait = NoticePatience.Until(notice.NextTryAt, now);
            if (_troubled.TryGetValue(target, out var trouble) && trouble.Left(time) is var left && left > wait)
            {
                wait = left;
            }

            if (wait > TimeSpan.Zero)
            {
                next = next < wait ? next : wait;
                continue;
            }

            var channel = _channels.FirstOrDefault(channel => channel.Takes(target));
            if (_underway.Count < Most && _underway.Values.Count(delivery => delivery.Channel == channel) < MostOfChannel)
            {
                var together = notice.OpenOfTarget > MostSingle && channel is { IsForPeople: true };
                IReadOnlyList<Notice> notices = together ? await store.ListOpenNoticesAsync(target, MostInOne, stopping).ConfigureAwait(false) : [notice];
                var task = DeliverAsync(notices, channel, stopping);
                _underway.Add(target, new Delivery(notices, channel, task));

                // After its end, not at it: the loop must find the task completed.
                _ = task.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        return next;
    }

    private async Task<NoticeException?> DeliverAsync(IReadOnlyList<Notice> notices, INoticeChannel? channel, CancellationToken stopping)
    {
        // What follows may wait for files and programs.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (channel is null)
            {
                return new NoticeException("nothing here delivers to such a target", isPermanent: true);
            }

            var message = notices is [var only]
                ? await composer.ComposeAsync(only, stopping).ConfigureAwait(false)
                : await composer.ComposeAsync(notices, stopping).ConfigureAwait(false);
            await channel.SendAsync(notices[0].What.Target, message, stopping).ConfigureAwait(false);
            return null;
        }
        catch (NoticeException e)
        {
            return e;
        }
        catch (StoreException e)
        {
            return new NoticeException($"its job cannot be looked up: {e.Message}", isPermanent: false, e);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogUnforeseen(e, notices[0].Id);
            return new NoticeException(e.Message, isPermanent: false, e);
        }
    }

    /// <summary>Writes down what came of the deliveries that have ended. What cannot be written is kept, and not delivered again.</summary>
    private async Task RecordAsync(CancellationToken stopping)
    {
        foreach (var (target, delivery) in _underway.Where(entry => entry.Value.Task.IsCompleted).ToList())
        {
            _underway.Remove(target);
            var failure = await delivery.Task.ConfigureAwait(false);
            Note(target, delivery, failure);
            foreach (var notice in delivery.Notices)
            {
                _unrecorded[notice.Id] = Judge(notice, delivery, failure);
            }
        }

        foreach (var (id, outcome) in _unrecorded.ToList())
        {
            await store.MarkNoticeAsync(id, outcome, stopping).ConfigureAwait(false);
            _unrecorded.Remove(id);
        }
    }

    private NoticeOutcome Judge(Notice notice, Delivery delivery, NoticeException? failure)
    {
        if (failure is null)
        {
            return new NoticeOutcome(Delivered: true, GivenUp: false, time.GetUtcNow(), null);
        }

        var outcome = NoticePatience.AfterFailure(notice, failure, time.GetUtcNow());
        if (outcome.GivenUp)
        {
            LogGivenUp(notice.Id, delivery.Where, notice.Tries + 1, failure.Message);
        }

        return outcome;
    }

    /// <summary>Remembers how a target does.</summary>
    private void Note(string target, Delivery delivery, NoticeException? failure)
    {
        var wasTroubled = _troubled.Remove(target, out var before);
        if (failure is null && wasTroubled)
        {
            LogWorksAgain(delivery.Where);
        }
        else if (failure is { IsPermanent: false })
        {
            var failures = (before?.Failures ?? 0) + 1;
            var pause = NoticePatience.PauseAfter(failures, failure);
            _troubled[target] = new Trouble(failures, time.GetTimestamp(), pause);
            if (failures == 1)
            {
                LogFailed(delivery.Notices[0].Id, delivery.Where, pause.TotalSeconds, failure.Message);
            }
            else
            {
                LogFailedAgain(delivery.Notices[0].Id, delivery.Where, pause.TotalSeconds, failure.Message);
            }
        }
    }

    private async Task WaitAsync(TimeSpan? next, CancellationToken stopping)
    {
        if (next is not { } limit)
        {
            await _wake.WaitAsync(stopping).ConfigureAwait(false);
            return;
        }

        using var due = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stopping);
        try
        {
            await _wake.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // It is time for the next one.
        }
    }

    private sealed record Delivery(IReadOnlyList<Notice> Notices, INoticeChannel? Channel, Task<NoticeException?> Task)
    {
        public string Where => Channel?.Describe(Notices[0].What.Target) ?? "an unknown target";
    }

    /// <summary>A target that failed, by the monotonic clock.</summary>
    private sealed record Trouble(int Failures, long Since, TimeSpan Pause)
    {
        public TimeSpan Left(TimeProvider time) => Pause - time.GetElapsedTime(Since);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "notice {Id} did not arrive, trying {Where} again in {Seconds} s: {Why}")]
    private partial void LogFailed(long id, string where, double seconds, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "notice {Id} did not arrive, trying {Where} again in {Seconds} s: {Why}")]
    private partial void LogFailedAgain(long id, string where, double seconds, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "notice {Id} is given up, {Where} did not take it ({Tries} tries): {Why}")]
    private partial void LogGivenUp(long id, string where, int tries, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "notices arrive again: {Where}")]
    private partial void LogWorksAgain(string where);

    [LoggerMessage(Level = LogLevel.Error, Message = "notice {Id} could not be put into words or sent")]
    private partial void LogUnforeseen(Exception e, long id);

    [LoggerMessage(Level = LogLevel.Error, Message = "notices wait, because the store cannot be used; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);
}
