using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Whirr.Runs.Metrics;

/// <summary>Takes the rows of a file, one after the other.</summary>
public interface IRowSink
{
    /// <summary>Gets a row. It is the same object each time, with other content.</summary>
    void Take(MetricRow row);
}

/// <summary>Reads <c>metrics.jsonl</c> and its siblings, while they are written if need be, and in whatever state a crash left them.</summary>
/// <remarks>
/// A line that is not JSON is counted and left out; one that was torn and has the next one glued to it counts as one. The last line
/// may have no newline yet: if it is whole it is read, else it waits for the next call.
/// </remarks>
/// <param name="names">Gets the names that occur.</param>
public sealed class MetricsReader(MetricNames names)
{
    /// <summary>Longer lines are no rows of metrics. They are counted as bad.</summary>
    public const int LongestLine = 16 * 1024 * 1024;

    private const int FirstBuffer = 256 * 1024;

    private readonly LineReader _line = new(names);
    private byte[] _buffer = [];
    private bool _skipping;

    /// <summary>Bytes of the file that were read and understood, or given up.</summary>
    public long Offset { get; set; }

    /// <summary>Lines that could not be read.</summary>
    public long BadLines { get; set; }

    /// <summary>Rows that were taken.</summary>
    public long Rows { get; set; }

    /// <summary>True in the middle of a line that is too long.</summary>
    internal bool IsSkipping => _skipping;

    /// <summary>Reads on from <see cref="Offset"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sink">Gets the rows.</param>
    /// <param name="end">Where to stop; the file may end before. A line that begins before it is not read beyond it.</param>
    public void Read(SafeFileHandle file, IRowSink sink, long end = long.MaxValue) =>
        Read((to, offset) => RandomAccess.Read(file, to, offset), sink, end);

    // A buffer of the pool may have more room than a line may have.
    private int Room => Math.Min(_buffer.Length, LongestLine + 1);

    internal delegate int ReadAt(Span<byte> to, long offset);

    internal void Read(ReadAt readAt, IRowSink sink, long end)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            ReadLines(readAt, sink, end);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void ReadLines(ReadAt readAt, IRowSink sink, long end)
    {
        var filled = 0;
        while (true)
        {
            var want = (int)Math.Min(Room - filled, end - Offset - filled);
            var read = want <= 0 ? 0 : readAt(_buffer.AsSpan(filled, want), Offset + filled);
            filled += read;
            var used = TakeLines(_buffer.AsSpan(0, filled), sink);
            Offset += used;
            filled -= used;
            if (read == 0)
            {
                TakeTail(_buffer.AsSpan(0, filled), sink);
                return;
            }

            _buffer.AsSpan(used, filled).CopyTo(_buffer);
            MakeRoom(ref filled);
        }
    }

    /// <summary>Takes the whole lines; tells how many bytes they are.</summary>
    private int TakeLines(ReadOnlySpan<byte> text, IRowSink sink)
    {
        var at = 0;
        while (true)
        {
            var length = text[at..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return at;
            }

            if (_skipping)
            {
                _skipping = false;
            }
            else
            {
                Take(text.Slice(at, length), Offset + at, sink);
            }

            at += length + 1;
        }
    }

    private void Take(ReadOnlySpan<byte> line, long offset, IRowSink sink)
    {
        if (offset == 0 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        if (_line.Read(line))
        {
            Rows++;
            sink.Take(_line.Row);
        }
        else if (line.ContainsAnyExcept(" \t\r"u8))
        {
            BadLines++;
        }
    }

    // An object says itself where it ends, so that the newline, if it is still to come, is an empty line then.
    private void TakeTail(ReadOnlySpan<byte> text, IRowSink sink)
    {
        if (!_skipping && !text.IsEmpty && _line.Read(Offset == 0 && text.StartsWith("\uFEFF"u8) ? text[3..] : text))
        {
            Rows++;
            Offset += text.Length;
            sink.Take(_line.Row);
        }
    }

    private void MakeRoom(ref int filled)
    {
        if (filled < Room)
        {
            return;
        }

        if (_skipping || filled > LongestLine)
        {
            BadLines += _skipping ? 0 : 1;
            _skipping = true;
            Offset += filled;
            filled = 0;
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Room * 2, LongestLine + 1));
        _buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
