using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Whirr.KeeperContract;

/// <summary>Puts the messages of a byte stream together again.</summary>
public sealed class FrameBuffer
{
    private byte[] _bytes = new byte[512];
    private int _start;
    private int _end;

    /// <summary>Room for more bytes; tell with <see cref="Received"/> how many came.</summary>
    public Span<byte> Free()
    {
        if (_end == _bytes.Length)
        {
            MakeRoom();
        }

        return _bytes.AsSpan(_end);
    }

    /// <summary>Says that the first <paramref name="count"/> bytes of <see cref="Free"/> were filled.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Takes the next whole message.</summary>
    /// <exception cref="KeeperContractException">What came is not a message, or longer than <see cref="KeeperProtocol.MaxFrameBytes"/>.</exception>
    public bool TryTake([NotNullWhen(true)] out KeeperMessage? message)
    {
        message = null;
        if (_end - _start < KeeperMessageFormat.PrefixBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_start));
        if (length is < 0 or > KeeperProtocol.MaxFrameBytes)
        {
            throw new KeeperContractException($"a frame says that it has {length} bytes; the limit is {KeeperProtocol.MaxFrameBytes}");
        }

        if (_end - _start - KeeperMessageFormat.PrefixBytes < length)
        {
            return false;
        }

        message = KeeperMessageFormat.Decode(_bytes.AsSpan(_start + KeeperMessageFormat.PrefixBytes, length));
        _start += KeeperMessageFormat.PrefixBytes + length;
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }
        else
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }
    }
}
