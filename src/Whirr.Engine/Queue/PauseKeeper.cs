using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;

namespace Whirr.Engine.Queue;

/// <summary>Ends the pauses of jobs that are to be run again.</summary>
/// <remarks>
/// A pause is measured by the clock that nobody sets, so a step of the other clock neither loses nor lengthens it. Over a restart only the
/// other clock is left: what remains is never longer than the whole pause. With no pause to end it sleeps without a timer.
/// </remarks>
public sealed partial class PauseKeeper : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly ILeaseStore _store;
    private readonly JobChanges _changes;
    private readonly Dispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger<PauseKeeper> _log;
    private readonly Wake _added = new();
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>: since when (<see cref="TimeProvider.GetTimestamp"/>) and how long each job pauses.</summary>
    private readonly Dictionary<long, (long Since, TimeSpan Length)> _pauses = [];

    public PauseKeeper(ILeaseStore store, AttemptFollower follower, JobChanges changes, Dispatcher dispatcher, TimeProvider time, ILogger<PauseKeeper> log)
    {
        _store = store;
        _changes = changes;
        _dispatcher = dispatcher;
        _time = time;
        _log = log;
        follower.Paused += Add;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilDoneAsync(() => LoadAsync(stoppingToken), stoppingToken).ConfigureAwait(false);
        while (true)
        {
            if (NextRest() is not { } rest)
            {
                await _added.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
            else if (rest > TimeSpan.Zero)
            {
                await WaitAsync(rest, stoppingToken).ConfigureAwait(false);
            }
            else
            {
                await UntilDoneAsync(() => EndDueAsync(stoppingToken), stoppingToken).ConfigureAwait(false);
            }
        }
    }

    private void Add(long jobId, TimeSpan pause)
    {
        lock (_lock)
        {
            _pauses[jobId] = (_time.GetTimestamp(), pause);
        }

        _added.Signal();
    }

    private async Task LoadAsync(CancellationToken stopping)
    {
        var paused = await _store.ListPausedAsync(int.MaxValue, stopping).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            foreach (var job in paused)
            {
                var rest = job.EligibleAt - now;
                _pauses.TryAdd(job.JobId, (_time.GetTimestamp(), rest < TimeSpan.Zero ? TimeSpan.Zero : rest < job.Pause ? rest : job.Pause));
            }
        }
    }

    private async Task EndDueAsync(CancellationToken stopping)
    {
        List<long> due;
        lock (_lock)
        {
            due = [.. _pauses.Where(pause => RestOf(pause.Value) <= TimeSpan.Zero).Select(pause => pause.Key)];
        }

        // A job that was cancelled meanwhile pauses no more, and is passed over.
        await _store.EndPausesAsync(due, stopping).ConfigureAwait(false);
        lock (_lock)
        {
            due.ForEach(jobId => _pauses.Remove(jobId));
        }

        _dispatcher.Wake();
        _changes.PublishAll(due);
    }

    private TimeSpan? NextRest()
    {
        lock (_lock)
        {
            return _pauses.Count == 0 ? null : _pauses.Values.Min(RestOf);
        }
    }

    private TimeSpan RestOf((long Since, TimeSpan Length) pause) => pause.Length - _time.GetElapsedTime(pause.Since);

    /// <summary>Waits, but not past the next pause that is added.</summary>
    private async Task WaitAsync(TimeSpan rest, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var added = _added.WaitAsync(either.Token).AsTask();
        await Task.WhenAny(Task.Delay(rest, _time, either.Token), added).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
    }

    private async Task UntilDoneAsync(Func<Task> work, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (StoreException e)
            {
                LogStoreTrouble(Retry.TotalSeconds, e.Message);
                await Task.Delay(Retry, _time, stopping).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "jobs that pause before a retry could not be let go on; trying again in {Seconds} s: {Why}")]
    private partial void LogStoreTrouble(double seconds, string why);
}
