using Whirr.KeeperContract;
using Whirr.Linux.Events;
using Whirr.Linux.Machine;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Writes down at regular intervals what the machine and the job use, for a job in any language and at no cost to it.</summary>
/// <remarks>A job that ends within a second is not looked at: its start would take longer for a line that says nothing.</remarks>
internal sealed class SystemWatch : IWatch
{
    private const long FirstMs = 1_000;

    private readonly long _intervalMs;
    private readonly SystemFile _file;
    private readonly Func<KeeperMessage.Alive> _job;
    private readonly GpuProbe? _gpu;
    private readonly TimeProvider _time;

    private long _nextMs;
    private long _lookedMs;
    private double _seconds;
    private SystemLine? _before;
    private SystemLine? _line;

    /// <param name="intervalMs">Milliseconds between two lines.</param>
    /// <param name="file">Where they go.</param>
    /// <param name="job">What the job uses now.</param>
    /// <param name="gpu">Asks for the use of GPUs; null: it is not known here.</param>
    /// <param name="time">The clock of the lines.</param>
    /// <param name="nowMs">The command has just been started.</param>
    public SystemWatch(long intervalMs, SystemFile file, Func<KeeperMessage.Alive> job, GpuProbe? gpu, TimeProvider time, long nowMs)
    {
        _intervalMs = intervalMs;
        _file = file;
        _job = job;
        _gpu = gpu;
        _time = time;
        _nextMs = nowMs + Math.Min(FirstMs, intervalMs);
    }

    /// <summary>The disk is nearly full: others need the room more.</summary>
    public bool IsPaused { get; set; }

    /// <inheritdoc/>
    public long? DueAt => _gpu?.DueAt ?? _nextMs;

    /// <inheritdoc/>
    public PollEntry? Interest => _gpu?.Interest;

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (_line is null && nowMs >= _nextMs)
        {
            _nextMs = nowMs + _intervalMs;
            _line = new SystemLine(_time.GetUtcNow(), HostCounters.Read(), _job());
            _seconds = (nowMs - _lookedMs) / 1000.0;
            _lookedMs = nowMs;
            if (_gpu?.TryAsk(nowMs) != true)
            {
                Write("");
            }
        }
        else if (_line is not null && _gpu!.TryHear(nowMs, out var gpus))
        {
            Write(gpus);
        }
    }

    /// <summary>Writes nothing any more.</summary>
    public void Finish()
    {
        _gpu?.Dispose();
        _file.Dispose();
    }

    private void Write(string gpus)
    {
        if (!IsPaused)
        {
            _file.TryAppend(_line!.Write(_before, _seconds, gpus));
        }

        (_before, _line) = (_line, null);
    }
}
