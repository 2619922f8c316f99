using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;

namespace Whirr.Engine.Queue;

/// <summary>Gives free slots to queued jobs: by priority, then age. Wakes for a submit and for a freed slot; polls nothing.</summary>
public sealed partial class Dispatcher : BackgroundService
{
    private readonly IJobStore _store;
    private readonly LiveAttempts _live;
    private readonly AttemptFollower _follower;
    private readonly StartGate _gate;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;
    private readonly Wake _wake = new();
    private readonly StartPause _pause;

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
        _pause = new StartPause(time);
        follower.QueueMayMove += Wake;
        follower.StartTroubled += _pause.Troubled;
        follower.StartWorked += _pause.Worked;
    }

    /// <summary>Says that there may be something to start.</summary>
    public void Wake() => _wake.Signal();

    /// <summary>Fills the free slots once.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var free = _live.Free;
        if (free == 0)
        {
            return;
        }

        // Not cancelled once it was sent: a claim that is committed must be launched.
        var claimed = await _store.ClaimAsync(_options.Node, free, _time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        var launches = new List<Task>(claimed.Count);
        foreach (var job in claimed)
        {
            _live.TryHold(job.Job.Attempt!.Key);
            launches.Add(_follower.LaunchAsync(job, stopping));
        }

        await Task.WhenAll(launches).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _gate.OpenedAsync(stoppingToken).ConfigureAwait(false);
        Wake();
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken).ConfigureAwait(false);
            await _pause.WaitAsync(stoppingToken).ConfigureAwait(false);
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                LogStoreTrouble(_pause.Length.TotalSeconds, e.Message);
                _pause.Troubled();
                Wake();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "no job could be claimed from the store; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);
}
