using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Attempts;

/// <summary>Asks the attempts for signs of life, and renews the leases of those that gave one.</summary>
/// <remarks>
/// Nothing is declared dead here, ever: a supervisor whose connection is open exists, however silent it is, because the kernel closes the
/// connection with the process, and then the runner examines the facts. What this finds is the opposite case: an attempt that runs
/// without the right to (it is stopped, and its result is not taken), and a supervisor that somebody stopped (it is told, once).
/// Time is what this loop has watched pass: a round that comes late proves that the daemon or the machine slept, and then nobody's silence
/// counts. With nothing to follow it sleeps without a timer.
/// </remarks>
public sealed partial class LeaseKeeper : BackgroundService
{
    private readonly ILeaseStore _store;
    private readonly IJobStore _jobs;
    private readonly LiveAttempts _live;
    private readonly JobChanges _changes;
    private readonly Func<LeaseSettings> _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<LeaseKeeper> _log;
    private readonly Wake _attached = new();
    private long? _lastRound;

    public LeaseKeeper(
        ILeaseStore store, IJobStore jobs, LiveAttempts live, JobChanges changes, Func<LeaseSettings> settings, TimeProvider time, ILogger<LeaseKeeper> log)
    {
        _store = store;
        _jobs = jobs;
        _live = live;
        _changes = changes;
        _settings = settings;
        _time = time;
        _log = log;
        live.Attached += _attached.Signal;
    }

    /// <summary>One round: renew for the answers to the round before, notice who is silent, ask again.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var (now, settings) = (_time.GetTimestamp(), _settings());
        var followed = _live.Snapshot().Where(live => live.Attempt is not null).ToList();
        var wasAsleep = _lastRound is { } last && _time.GetElapsedTime(last, now) > settings.Interval * 2;
        foreach (var attempt in followed)
        {
            attempt.SilenceCountsFrom = wasAsleep ? now : attempt.SilenceCountsFrom ?? now;
        }

        try
        {
            await RenewAsync(followed, settings, stopping).ConfigureAwait(false);
            await NoticeSilentAsync(followed, settings, now, stopping).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            LogStoreTrouble(e.Message);
        }

        _lastRound = now;
        foreach (var attempt in followed)
        {
            attempt.Attempt?.Ping();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _attached.WaitAsync(stoppingToken).ConfigureAwait(false);
            _lastRound = null;
            while (_live.Any)
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(_settings().Interval, _time, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RenewAsync(List<LiveAttempt> followed, LeaseSettings settings, CancellationToken stopping)
    {
        var answered = followed.Where(live => live.Sight is { } sight && (_lastRound is null || sight.Timestamp >= _lastRound)).ToList();
        if (answered.Count == 0)
        {
            return;
        }

        var now = _time.GetUtcNow();
        var renewals = await _store.RenewLeasesAsync([.. answered.Select(live => live.Key)], now, now + settings.Timeout, stopping).ConfigureAwait(false);
        foreach (var (attempt, renewal) in answered.Zip(renewals))
        {
            // One whose tree is gone meanwhile is on its way to the store by itself.
            if (!renewal.IsHeld && attempt.HoldsSlot)
            {
                LogLost(attempt.Key.JobId, attempt.Key.Number, attempt.Key.LeaseEpoch);
                attempt.Attempt?.Cancel(TimeSpan.Zero);
            }
            else if (renewal.CancelRequested)
            {
                attempt.Attempt?.Cancel(attempt.Job.Settings.KillGracePeriod);
            }
        }
    }

    private async Task NoticeSilentAsync(List<LiveAttempt> followed, LeaseSettings settings, long now, CancellationToken stopping)
    {
        foreach (var attempt in followed.Where(CanAnswer))
        {
            var since = Math.Max(attempt.SilenceCountsFrom ?? now, attempt.Sight?.Timestamp ?? 0);
            if (_time.GetElapsedTime(since, now) < settings.Timeout)
            {
                attempt.IsSilent = false;
            }
            else if (!attempt.IsSilent)
            {
                attempt.IsSilent = true;
                await NoteSilenceAsync(attempt, settings.Timeout, stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A keeper of a version that knows no pings is not silent: only one that has answered, this daemon or an earlier one, can be.</summary>
    private static bool CanAnswer(LiveAttempt attempt) => attempt.Sight is not null || attempt.Job.Attempt?.LeaseExpiresAt is not null;

    private async Task NoteSilenceAsync(LiveAttempt attempt, TimeSpan silence, CancellationToken stopping)
    {
        var sentence = $"its keeper has given no sign of life for {EndSentence.Words(silence)}, though it is there; is it stopped (SIGSTOP), or does its disk hang?";
        LogSilent(attempt.Key.JobId, attempt.Key.Number, sentence);
        if (await _jobs.FindAsync(attempt.Key.JobId, stopping).ConfigureAwait(false) is { } job
            && JobTransitions.Next(job.State, JobTrigger.Silent) == job.State
            && await _store.NoteAsync(attempt.Key, job.State, JobTrigger.Silent, EndReason.None, sentence, _time.GetUtcNow(), stopping).ConfigureAwait(false))
        {
            _changes.Publish(job.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "job {WhirrJobId} attempt {Attempt} (epoch {Epoch}) is not the current one any more; stopping it, its result is not taken")]
    private partial void LogLost(long whirrJobId, int attempt, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {WhirrJobId} attempt {Attempt}: {Sentence}")]
    private partial void LogSilent(long whirrJobId, int attempt, string sentence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "signs of life could not be recorded; nothing is lost by it, trying again at the next round: {Why}")]
    private partial void LogStoreTrouble(string why);
}
