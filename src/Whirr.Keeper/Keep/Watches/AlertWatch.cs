using Whirr.Linux;
using Whirr.Linux.Events;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Tells the daemons what a script writes to <c>alerts.jsonl</c>.</summary>
/// <remarks>An alarm is set on the file, or on its directory for as long as it is not there: a job that tells nothing costs nothing.</remarks>
internal sealed class AlertWatch : IWatch
{
    private const int LongestTitle = 200;
    private const int LongestText = 2_000;
    private const long PauseMs = 250;
    private const long NoAlarmPauseMs = 5_000;

    private readonly GrowingFile _file;
    private readonly AlertBoard _board;
    private readonly Action<string> _warn;
    private readonly AlertBudget _budget = new();
    private readonly FileAlarm? _alarm = FileAlarm.TryCreate();
    private bool _isOver;
    private long _nowMs;

    /// <param name="file">The file.</param>
    /// <param name="board">Takes the alerts.</param>
    /// <param name="warn">Told when the file cannot be read.</param>
    public AlertWatch(GrowingFile file, AlertBoard board, Action<string> warn)
    {
        _file = file;
        _board = board;
        _warn = warn;
    }

    /// <inheritdoc/>
    public long? DueAt { get; private set; } = 0;

    /// <inheritdoc/>
    public PollEntry? Interest => _alarm is { IsSet: true } alarm ? new PollEntry(alarm.Descriptor.Number, PollEntry.In) : null;

    /// <inheritdoc/>
    public void Look(long nowMs)
    {
        var rang = !_isOver && _alarm is { IsSet: true } alarm && alarm.TakeRing();
        if (_isOver || !(rang || nowMs >= DueAt))
        {
            return;
        }

        _nowMs = nowMs;
        DueAt = null;
        Try(() => LookAtFile(nowMs, rang));
    }

    /// <summary>Reads what was written last, and closes what it has open.</summary>
    public void Finish()
    {
        if (!_isOver)
        {
            Try(() =>
            {
                _file.Open();
                _file.ReadLines((line, _) => Take(line));
            });
        }

        _alarm?.Dispose();
        _file.Dispose();
    }

    private void LookAtFile(long nowMs, bool rang)
    {
        // The alarm first: what is written after the look rings. Not again at once: a job may make thousands of files a second beside this one.
        _file.Open();
        var isSet = !rang && _alarm is not null && _file.TrySet(_alarm);
        var before = _file.Position;
        _file.ReadLines((line, _) => Take(line) && !_board.IsFull);
        if (rang || _file.Position != before || !_file.IsReadToEnd)
        {
            _alarm?.Unset();
            DueAt = nowMs + (_board.IsFull ? NoAlarmPauseMs : PauseMs);
        }
        else if (!isSet)
        {
            DueAt = nowMs + NoAlarmPauseMs;
        }
    }

    private bool Take(ReadOnlySpan<byte> line)
    {
        if (RunAlert.TryRead(line) is not { } alert)
        {
            return true;
        }

        if (_budget.TryTake(_nowMs, out var isLast))
        {
            _board.Add(alert.Level, Cut(alert.Title, LongestTitle), Cut(alert.Text, LongestText));
        }
        else if (isLast)
        {
            _board.Add(
                "warn", $"more alerts are in {RunFiles.Alerts}", $"{AlertBudget.MostPerHour} in an hour are told, and this job has more");
        }

        return true;
    }

    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (LinuxException e)
        {
            _isOver = true;
            _alarm?.Unset();
            _warn($"alerts are not told: {e.Message}; {RunFiles.Alerts} has them");
        }
    }

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : $"{text[..(longest - (char.IsHighSurrogate(text[longest - 2]) ? 2 : 1))]}…";
}
