using System.Buffers;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>The content of a file as memory that is not the collector's, read-only (mmap(2)).</summary>
public sealed unsafe class MappedMemory : MemoryManager<byte>
{
    private const int ProtRead = 1;
    private const int MapPrivate = 2;

    private readonly int _length;
    private byte* _start;

    private MappedMemory(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    /// <summary>Maps all of <paramref name="file"/>.</summary>
    /// <exception cref="LinuxException">E.g. EINVAL: the file is empty.</exception>
    public static MappedMemory Map(Fd file)
    {
        var length = file.Stat().Size;
        if (length > int.MaxValue)
        {
            throw new LinuxException("map a file", Errno.E2Big);
        }

        var start = Libc.MMap(null, (nuint)length, ProtRead, MapPrivate, file.Number, 0);
        return (nint)start != -1 ? new MappedMemory((byte*)start, (int)length) : throw LinuxException.Last("map a file");
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
        // It never moves.
    }

    protected override void Dispose(bool disposing)
    {
        if (_start is not null)
        {
            _ = Libc.MUnmap(_start, (nuint)_length);
            _start = null;
        }
    }
}
