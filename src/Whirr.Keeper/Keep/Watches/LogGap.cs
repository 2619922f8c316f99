using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>The place in the middle of a log where what is too much is left out.</summary>
/// <remarks>
/// The job appends all the time and knows nothing of this. A hole in the middle takes nothing away from under it: the end of the file stays
/// where it is. The line that tells of the gap takes the place of the last bytes before the hole, always as many, so that it can be written
/// again when the gap grows. Head and hole end at blocks of the file system, as a hole that begins in a block would leave zeros in it.
/// Where a file system has no holes the log is cut off behind its head, and the line and a copy of its end are added.
/// </remarks>
internal sealed class LogGap(RunLogFile log)
{
    private const long BlockBytes = 4096;

    /// <summary>A larger piece at a time would keep the job from writing for longer than it would notice.</summary>
    private const long PieceBytes = 8 << 20;

    /// <summary>The same when each is needed at once for something else.</summary>
    private const long SmallPieceBytes = 64 << 10;

    private const int LineBytes = 160;

    /// <summary>What is copied where there are no holes.</summary>
    private const int MostTailBytes = 256 << 10;

    // Where the gap is; both 0 while there is none.
    private long _start;
    private long _end;

    // What was cut off where there are no holes.
    private bool _hasNoHoles;
    private long _cutOff;

    /// <summary>Takes over the gap that the attempt before left.</summary>
    public void Find(long size)
    {
        if (Holes.FindHole(log.File, 0) is { } start && start >= LineBytes && start < size)
        {
            _start = start;
            _end = Holes.FindData(log.File, start) ?? size;
        }
    }

    /// <summary>Bytes that the log has without the gap; on disk they may be fewer.</summary>
    public long KeptOf(FileFacts facts)
    {
        if (_end > 0 && (facts.Size < _end || Holes.FindHole(log.File, _start) != _start))
        {
            // Somebody emptied the log: the gap went with it.
            _start = _end = 0;
        }

        return Math.Min(facts.Size - (_end - _start), facts.Allocated);
    }

    /// <summary>Leaves out so much that little more than <paramref name="keep"/> bytes remain, a part of them from the beginning.</summary>
    /// <param name="size">Bytes in the log now.</param>
    /// <param name="keep">At least 32 KiB.</param>
    /// <param name="why">For the line that tells of it.</param>
    /// <param name="use">Uses what room there is after each small piece; null: nobody waits for it.</param>
    public void Widen(long size, long keep, string why, Action? use = null)
    {
        if (_hasNoHoles)
        {
            CutOff(size, keep / 2, why);
            return;
        }

        var start = keep / 4 / BlockBytes * BlockBytes;
        start = _start == 0 ? start : Math.Min(start, _start);
        var end = (size - (keep - start) + BlockBytes - 1) / BlockBytes * BlockBytes;
        if (end <= Math.Max(start, _end))
        {
            return;
        }

        var piece = use is null ? PieceBytes : SmallPieceBytes;
        for (var from = start == _start ? _end : start; from < end; from += piece)
        {
            if (!Holes.TryPunch(log.File, from, Math.Min(piece, end - from)))
            {
                _hasNoHoles = true;
                CutOff(size, keep / 2, why);
                return;
            }

            use?.Invoke();
        }

        (_start, _end) = (start, end);
        log.File.WriteAllAt(start - LineBytes, Line(end - start, why));
    }

    private void CutOff(long size, long head, string why)
    {
        if (size <= head)
        {
            return;
        }

        // The job may write between the two steps; that is then a little before what it wrote last.
        var tail = new byte[Math.Min(head / 4, MostTailBytes)];
        var read = log.File.ReadAt(Math.Max(head, size - tail.Length), tail);
        _cutOff += Math.Max(0, size - head - read);
        Holes.Truncate(log.File, head);
        log.Append([.. Line(_cutOff, why), .. tail.AsSpan(0, read)]);
    }

    /// <summary>A line of its own, in a fixed number of bytes.</summary>
    private static byte[] Line(long bytes, string why)
    {
        var text = Encoding.UTF8.GetBytes($"\n──── whirr: {ByteWords.Of(bytes)} left out here ({why}) ────");
        var line = new byte[LineBytes];
        line.AsSpan().Fill((byte)' ');
        text.AsSpan(0, Math.Min(text.Length, LineBytes - 1)).CopyTo(line);
        line[^1] = (byte)'\n';
        return line;
    }
}
