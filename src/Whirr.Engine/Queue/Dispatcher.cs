using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;

namespace Whirr.Engine.Queue;

/// <summary>Gives free slots to queued jobs: by priority, then age. Wakes for a submit and for a freed slot; polls nothing.</summary>
public sealed partial class Dispatcher : BackgroundService
{
    private const string StartTrouble = "start";

    private readonly IJobStore _store;
    private readonly LiveAttempts _live;
    private readonly AttemptFollower _follower;
    private readonly StartGate _gate;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Dispatcher> _log;
    private readonly Wake _wake = new();
    private readonly QueueHolds _holds;
    private readonly Troubles _troubles;
    private readonly StartPauses _pauses;
    private readonly ITimer _pauseEnds;

    public Dispatcher(
        IJobStore store,
        LiveAttempts live,
        AttemptFollower follower,
        StartGate gate,
        QueueHolds holds,
        Troubles troubles,
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
        _holds = holds;
        _troubles = troubles;
        _pauses = new StartPauses(time);
        _pauseEnds = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        follower.QueueMayMove += Wake;
        follower.StartTroubled += TakeTrouble;
        follower.StartWorked += owner =>
        {
            _pauses.Worked(owner.Uid);
            _troubles.Set(TroubleOf(null), null);
            _troubles.Set(TroubleOf(owner), null);
        };
        holds.Changed += Wake;
    }

    /// <summary>Says that there may be something to start.</summary>
    public void Wake() => _wake.Signal();

    /// <summary>Fills the free slots once.</summary>
    public async Task RunOnceAsync(CancellationToken stopping)
    {
        var launches = new List<Task>();
        foreach (var job in await ClaimAsync().ConfigureAwait(false))
        {
            launches.Add(_follower.LaunchAsync(job, stopping));
        }

        await Task.WhenAll(launches).ConfigureAwait(false);
    }

    /// <summary>Claims what the free slots take, and holds the slots.</summary>
    private async Task<IReadOnlyList<ClaimedJob>> ClaimAsync()
    {
        // Before the look at the holds: whoever holds the queue and then finds nothing live knows that nothing will be.
        _live.BeginClaim();
        try
        {
            var free = _live.Free;
            if (free == 0 || _holds.StopAll)
            {
                return [];
            }

            var exceptions = new ClaimExceptions { OwnerUids = _pauses.Look().OwnerUids, RunsDirs = [.. _holds.Disks.RunsDirs.Keys] };

            // Not cancelled once it was sent: a claim that is committed must be launched.
            var claimed = await _store.ClaimAsync(_options.Node, free, exceptions, _time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
            foreach (var job in claimed)
            {
                _live.TryHold(job.Job);
            }

            return claimed;
        }
        finally
        {
            _live.EndClaim();
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await _holds.LoadAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _pauseEnds.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _gate.OpenedAsync(stoppingToken).ConfigureAwait(false);
        Wake();
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken).ConfigureAwait(false);
            while (_pauses.Look() is { Machine: var rest } && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _time, stoppingToken).ConfigureAwait(false);
            }

            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                if (!_live.Any && (await _store.CountAsync(stoppingToken).ConfigureAwait(false)).GetValueOrDefault(JobState.Queued) == 0)
                {
                    // What could not be started is not wanted any more.
                    _troubles.ClearAll(StartTrouble);
                }
            }
            catch (StoreException e)
            {
                LogStoreTrouble(_pauses.Troubled(null).TotalSeconds, e.Message);
                Wake();
            }

            if (_pauses.Look().FirstOwner is { } soonest)
            {
                _pauseEnds.Change(soonest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void TakeTrouble(Attempts.StartTrouble trouble)
    {
        _pauses.Troubled(trouble.Owner?.Uid);
        var whose = trouble.Owner is { } owner ? $"the last job of {owner.Name} could not be started" : "no job can be started";
        _troubles.Set(TroubleOf(trouble.Owner), $"{whose}, it is tried again and again: {trouble.Sentence}");
    }

    private static string TroubleOf(JobOwner? owner) => owner is null ? StartTrouble : $"{StartTrouble} {owner.Uid}";

    [LoggerMessage(Level = LogLevel.Error, Message = "no job could be claimed from the store; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);
}
