using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>A file of a run, read line by line as it grows, with the rights of the job's user.</summary>
internal sealed class GrowingFile : IDisposable
{
    /// <summary>A longer line is none that a logger wrote.</summary>
    private const int MaxLine = 1 << 20;

    /// <summary>The keeper has other things to do: the rest comes at the next look.</summary>
    private const int MostPerLook = 8 << 20;

    private readonly LaunchSpec _spec;
    private readonly string _name;
    private readonly byte[] _buffer = new byte[64 << 10];
    private byte[] _line = [];
    private int _lineLength;
    private bool _isTooLong;

    private readonly Fd _directory;
    private Fd? _file;
    private ulong _inode;

    private GrowingFile(LaunchSpec spec, string name, Fd directory, long position)
    {
        _spec = spec;
        _name = name;
        _directory = directory;
        Position = position;
    }

    /// <summary>Takes a line without its newline; a line that is too long is empty. <paramref name="end"/>: where the next one begins.</summary>
    /// <returns>False: the next line is to wait.</returns>
    public delegate bool LineTaker(ReadOnlySpan<byte> line, long end);

    /// <summary>Bytes that were read.</summary>
    public long Position { get; private set; }

    /// <summary>False: there is more to be read at once.</summary>
    public bool IsReadToEnd { get; private set; }

    /// <summary>Begins to read behind what was there before the attempt.</summary>
    /// <exception cref="LinuxException">The run directory cannot be opened.</exception>
    public static GrowingFile Begin(LaunchSpec spec, string name, long position)
    {
        using var identity = RunUser.Assume(spec.RunAs);
        return new GrowingFile(spec, name, Fd.Open(spec.RunDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow), position);
    }

    /// <summary>Opens it when it is there. A file that has taken its place is read from its beginning.</summary>
    public void Open()
    {
        using var identity = RunUser.Assume(_spec.RunAs);
        if (Paths.TryStat(_directory, _name) is not { IsRegular: true } there || (_file is not null && there.Inode == _inode))
        {
            return;
        }

        // Not blocking and no links: it may be something else by now.
        var opened = Fd.TryOpenAt(_directory, _name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (opened?.Stat() is not { IsRegular: true } facts || (_spec.RunAs is { } user && facts.Uid != user.Uid))
        {
            opened?.Dispose();
            return;
        }

        if (_file is not null)
        {
            _file.Dispose();
            StartOver();
        }

        _file = opened;
        _inode = facts.Inode;
    }

    /// <summary>Sets an alarm for the next line, or for the file itself.</summary>
    public bool TrySet(FileAlarm alarm)
    {
        using var identity = RunUser.Assume(_spec.RunAs);
        return _file is null ? alarm.TrySetForNames(_directory) : alarm.TrySet(_file);
    }

    /// <summary>Reads the lines that are complete.</summary>
    public void ReadLines(LineTaker take)
    {
        IsReadToEnd = true;
        if (_file is null)
        {
            return;
        }

        if (_file.Stat().Size < Position)
        {
            StartOver();
        }

        for (var read = 0; read < MostPerLook;)
        {
            var count = _file.ReadAt(Position, _buffer);
            if (count == 0)
            {
                return;
            }

            read += count;
            for (var at = 0; at < count;)
            {
                var rest = _buffer.AsSpan(at, count - at);
                var end = rest.IndexOf((byte)'\n');
                Keep(end < 0 ? rest : rest[..end]);
                var used = end < 0 ? rest.Length : end + 1;
                at += used;
                Position += used;
                if (end >= 0 && !take(TakeLine(), Position))
                {
                    IsReadToEnd = false;
                    return;
                }
            }
        }

        IsReadToEnd = false;
    }

    /// <summary>The number of the line that ends at a place.</summary>
    public long CountLines(long end)
    {
        var lines = 0L;
        for (var at = 0L; at < end;)
        {
            var count = _file!.ReadAt(at, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - at)));
            if (count == 0)
            {
                break;
            }

            lines += _buffer.AsSpan(0, count).Count((byte)'\n');
            at += count;
        }

        return lines;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _directory.Dispose();
    }

    private void StartOver()
    {
        Position = 0;
        _lineLength = 0;
        _isTooLong = false;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        _isTooLong |= _lineLength + part.Length > MaxLine;
        if (_isTooLong)
        {
            return;
        }

        if (_line.Length < _lineLength + part.Length)
        {
            Array.Resize(ref _line, Math.Max(2 * _line.Length, _lineLength + part.Length));
        }

        part.CopyTo(_line.AsSpan(_lineLength));
        _lineLength += part.Length;
    }

    private ReadOnlySpan<byte> TakeLine()
    {
        var line = _line.AsSpan(0, _isTooLong ? 0 : _lineLength);
        _lineLength = 0;
        _isTooLong = false;
        return line;
    }
}
