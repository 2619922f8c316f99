using Whirr.Linux;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Ends a job at the first metric that is not a finite number.</summary>
/// <remarks>The file is read at its first new line, and then at most four times a second for as long as it grows. While nothing is written an
/// alarm is set: on the file, or on its directory for as long as it is not there.</remarks>
internal sealed class NanWatch : IWatch
{
    private const long PauseMs = 250;
    private const long NoAlarmPauseMs = 1_000;

    private readonly GrowingFile _metrics;
    private readonly Action<string> _end;
    private readonly Action<string> _warn;
    private readonly FileAlarm? _alarm = FileAlarm.TryCreate();
    private bool _isOver;

    /// <param name="metrics">The file.</param>
    /// <param name="end">Ends the job; gets the reason in words.</param>
    /// <param name="warn">Told when the file cannot be read.</param>
    public NanWatch(GrowingFile metrics, Action<string> end, Action<string> warn)
    {
        _metrics = metrics;
        _end = end;
        _warn = warn;
    }

    /// <inheritdoc/>
    public long? DueAt { get; private set; } = 0;

    /// <inheritdoc/>
    public PollEntry? Interest => _alarm is { IsSet: true } alarm ? new PollEntry(alarm.Descriptor.Number, PollEntry.In) : null;

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        if (_isOver || !((_alarm is { IsSet: true } alarm && alarm.TakeRing()) || nowMs >= DueAt))
        {
            return;
        }

        try
        {
            DueAt = null;
            LookAtFile(nowMs);
        }
        catch (LinuxException e)
        {
            Stop();
            _warn($"metrics are not watched for NaN: {e.Message}");
        }
    }

    /// <summary>Closes what it has open.</summary>
    public void Finish()
    {
        _alarm?.Dispose();
        _metrics.Dispose();
    }

    private void LookAtFile(long nowMs)
    {
        // The alarm first: what is written after the look rings.
        _metrics.Open();
        var isSet = _alarm is not null && _metrics.TrySet(_alarm);
        var before = _metrics.Position;
        if (MetricsFile.FindNonFinite(_metrics) is { } sentence)
        {
            Stop();
            _end(sentence);
        }
        else if (_metrics.Position != before || !_metrics.IsReadToEnd)
        {
            _alarm?.Unset();
            DueAt = nowMs + PauseMs;
        }
        else if (!isSet)
        {
            DueAt = nowMs + NoAlarmPauseMs;
        }
    }

    private void Stop()
    {
        _isOver = true;
        _alarm?.Unset();
        DueAt = null;
    }
}
