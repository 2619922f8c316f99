using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;

namespace Whirr.Engine.Queue;

/// <summary>Gives free slots to queued jobs: by priority, then age. Wakes for a submit and for a freed slot; polls nothing.</summary>
public sealed partial class Dispatcher : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly IJobStore _store;
    private readonly LiveAttempts _live;
    private readonly AttemptFollower _follower;
    private readonly StartGate _gate;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;
    private readonly Wake _wake = new();

    public Dispatcher(
        IJobStore store,
        LiveAttempts live,
        AttemptFollower follower,
        StartGate gate,
        EngineOptions options,
        TimeProvider time,
        ILogger<Dispatcher> log)
    {
        _store = store;
        _live = live;
        _follower = follower;
        _gate = gate;
        _options = options;
        _time = time;
        _log = log;
        follower.SlotFreed += Wake;
    }

    /// <summary>Says that there may be something to start.</summary>
    public void Wake() => _wake.Signal();

    /// <summary>Fills the free slots once.</summary>
    /// <returns>False when jobs could not be given a keeper: the machine is in trouble, and the queue should wait a little.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var free = _live.Free;
        if (free == 0)
        {
            return true;
        }

        // Not cancelled once it was sent: a claim that is committed must be launched.
        var claimed = await _store.ClaimAsync(_options.Node, free, _time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        var launches = new List<Task<bool>>(claimed.Count);
        foreach (var job in claimed)
        {
            _live.TryHold(job.Job.Attempt!.Key);
            launches.Add(_follower.LaunchAsync(job, stopping));
        }

        var launched = await Task.WhenAll(launches).ConfigureAwait(false);
        return Array.TrueForAll(launched, ok => ok);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _gate.OpenedAsync(stoppingToken).ConfigureAwait(false);
        Wake();
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken).ConfigureAwait(false);
            try
            {
                if (await RunOnceAsync(stoppingToken).ConfigureAwait(false))
                {
                    pause = FirstPause;
                    continue;
                }
            }
            catch (StoreException e)
            {
                LogStoreTrouble(pause.TotalSeconds, e.Message);
            }

            await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            Wake();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "no job could be claimed from the store; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);
}
