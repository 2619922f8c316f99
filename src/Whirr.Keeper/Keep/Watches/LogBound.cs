using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Keeps the log within its limit, and within less while the disk is nearly full.</summary>
/// <remarks>
/// A job that writes nothing is not looked at: an alarm rings at its next write, once. From then on the file is looked at as seldom as the
/// fastest writer allows, until it has not grown between two looks. Between them a log may be over its limit by what a job can write
/// meanwhile. While the disk is nearly full, room is taken ahead of the end of the log, so that the job can write when there is none left,
/// and the middle goes as the end grows.
/// </remarks>
internal sealed class LogBound : IWatch
{
    /// <summary>What the fastest writer adds, bytes per millisecond.</summary>
    private const long FastestWriter = 2_000_000;

    private const long ShortestPauseMs = 200;
    private const long LongestPauseMs = 30_000;
    private const long LowSpacePauseMs = 50;

    /// <summary>Where no alarm can be had.</summary>
    private const long NoAlarmPauseMs = 5_000;

    private readonly RunLogFile _log;
    private readonly long _limit;
    private readonly LogGap _gap;
    private readonly Action<string> _warn;
    private readonly FileAlarm? _alarm;
    private LogReserve? _reserve;
    private long _lowSpaceLimit = long.MaxValue;
    private long _seen;
    private long _kept;
    private bool _canRing = true;

    /// <param name="log">The log.</param>
    /// <param name="limit">Bytes on disk; 0: no limit but in need.</param>
    /// <param name="warn">Told when the log cannot be bounded.</param>
    public LogBound(RunLogFile log, long limit, Action<string> warn)
    {
        _log = log;
        _limit = limit > 0 ? limit : long.MaxValue;
        _gap = new LogGap(log);
        _warn = warn;
        _alarm = FileAlarm.TryCreate();
        DueAt = _limit == long.MaxValue ? null : 0;
        Try(() =>
        {
            _seen = log.File.Stat().Size;
            _gap.Find(_seen);
        });
    }

    /// <inheritdoc/>
    public long? DueAt { get; private set; }

    /// <inheritdoc/>
    public PollEntry? Interest => _alarm is { IsSet: true } alarm ? new PollEntry(alarm.Descriptor.Number, PollEntry.In) : null;

    private bool IsLowSpace => _lowSpaceLimit < long.MaxValue;

    private long Limit => Math.Min(_limit, _lowSpaceLimit);

    /// <summary>Says whether the disk is nearly full.</summary>
    public void SetLowSpace(bool isLow)
    {
        if (isLow == IsLowSpace)
        {
            return;
        }

        // What the log has by now it may keep. The room that was taken ahead stays: the job will use it, and to give it back under its
        // hands could take what it has just written.
        Try(() => _lowSpaceLimit = isLow ? Math.Max(_gap.KeptOf(_log.File.Stat()), 2 * LogReserve.LeastLog) : long.MaxValue);
        _reserve ??= new LogReserve(_log.File);
        _alarm?.Unset();
        DueAt = Limit == long.MaxValue ? null : 0;
    }

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (_alarm is { IsSet: true } alarm && alarm.TakeRing())
        {
            DueAt = nowMs + PauseMs;
        }

        if (nowMs >= DueAt)
        {
            DueAt = null;
            Try(() => LookAtLog(nowMs));
        }
    }

    /// <summary>The last look, when nobody writes any more.</summary>
    public void Finish()
    {
        Try(() =>
        {
            var size = Shrink();
            if (_reserve is not null)
            {
                Holes.Truncate(_log.File, size);
            }
        });
        _alarm?.Dispose();
        _log.Dispose();
    }

    private void LookAtLog(long nowMs)
    {
        var size = _log.File.Stat().Size;
        if (IsLowSpace && !_reserve!.TryExtend(size))
        {
            // The log gives way: its own middle is the room for its end. What is free for a moment longer somebody else has.
            _gap.Widen(size, LogReserve.LeastLog, WhyLess, () => _reserve.TryExtendAgain(size));
        }
        else
        {
            Shrink();
        }

        var grew = size != _seen;
        _seen = size;
        if (grew || !TryRest())
        {
            DueAt = nowMs + PauseMs;
        }
    }

    /// <summary>Leaves out what is too much; returns the size of the log.</summary>
    private long Shrink()
    {
        var facts = _log.File.Stat();
        _kept = _gap.KeptOf(facts);
        if (_kept > Limit)
        {
            _kept = Limit - (Limit / 8);
            _gap.Widen(facts.Size, _kept, IsLowSpace ? WhyLess : $"log limit {ByteWords.Of(_limit)}");
        }

        return facts.Size;
    }

    private static string WhyLess => "the disk is nearly full";

    /// <summary>Waits for the next write without looking; false when there was one, or when that cannot be.</summary>
    private bool TryRest()
    {
        _canRing = _alarm?.TrySet(_log.File) ?? false;
        if (!_canRing)
        {
            return false;
        }

        // What was written before the alarm was set does not ring.
        if (_log.File.Stat().Size == _seen)
        {
            return true;
        }

        _alarm!.Unset();
        return false;
    }

    private long PauseMs => IsLowSpace ? LowSpacePauseMs
        : !_canRing ? NoAlarmPauseMs
        : Math.Clamp((Limit - _kept) / FastestWriter, ShortestPauseMs, LongestPauseMs);

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (LinuxException e)
        {
            // The job goes on, with a log that nobody bounds.
            DueAt = null;
            _warn($"the log is not kept within its limit: {e.Message}");
        }
    }
}
