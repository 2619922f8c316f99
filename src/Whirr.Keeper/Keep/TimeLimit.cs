using Whirr.KeeperContract;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep;

/// <summary>Ends the job when its time is up, with a signal ahead of that when it wants one.</summary>
/// <remarks>Counted from the start of the command on CLOCK_MONOTONIC: a step of the clock changes nothing, and the time that the machine
/// sleeps does not count. The limit can be changed while the job runs; each new end has its own warning.</remarks>
/// <param name="spec">The limit at first.</param>
/// <param name="warn">Sends the signal.</param>
/// <param name="end">Ends the job; gets the limit.</param>
internal sealed class TimeLimit(LaunchSpec spec, Action<int> warn, Action<TimeSpan> end) : IWatch
{
    private long? _limitMs = spec.TimeLimitMilliseconds;
    private long? _startedMs;
    private bool _isWarned = spec.WarnSignal == 0;
    private bool _isOver;

    /// <inheritdoc/>
    public long? DueAt => _isOver || EndsAt is not { } end ? null : _isWarned ? end : end - spec.WarnBeforeMilliseconds;

    /// <inheritdoc/>
    public PollEntry? Interest => null;

    private long? EndsAt => _startedMs + _limitMs;

    /// <summary>The time begins.</summary>
    public void Begin(long nowMs) => _startedMs = nowMs;

    /// <summary>The job may run for this long in all; null: for ever. What is in the past by now is up at once.</summary>
    public void Set(long? limitMs)
    {
        // The same limit again, as from a daemon that has just found the job, is no new end.
        _isWarned = limitMs == _limitMs ? _isWarned : spec.WarnSignal == 0;
        _limitMs = limitMs;
    }

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (_isOver || EndsAt is not { } endsAt)
        {
            return;
        }

        if (nowMs >= endsAt)
        {
            _isOver = true;
            end(TimeSpan.FromMilliseconds(_limitMs!.Value));
        }
        else if (!_isWarned && nowMs >= endsAt - spec.WarnBeforeMilliseconds)
        {
            _isWarned = true;
            warn(spec.WarnSignal);
        }
    }
}
