using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// The frame around each message: a byte that says whether it is compressed, the length in 4 bytes, big-endian, and the message.
/// Frames have nothing to do with the frames of HTTP/2: they may be split and joined anywhere.
/// </summary>
internal static class MessageFrame
{
    public const int HeaderLength = 5;

    /// <summary>
    /// Takes a whole message from the start of the buffer; false when it is not all there. The header is checked as soon as it is
    /// complete, so that a length beyond the limit is refused before anything is kept for it.
    /// </summary>
    /// <exception cref="RpcException">The message is against the rules.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, MessageRules rules, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < HeaderLength)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        rules.Check(header[0], length);
        if (buffer.Length < HeaderLength + length)
        {
            return false;
        }

        payload = buffer.Slice(HeaderLength, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    public static void WriteHeader(IBufferWriter<byte> output, int length)
    {
        var header = output.GetSpan(HeaderLength);
        header[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)length);
        output.Advance(HeaderLength);
    }
}
