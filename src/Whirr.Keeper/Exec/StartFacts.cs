using System.Buffers.Binary;

namespace Whirr.Keeper.Exec;

/// <summary>What the files of the run were like when the attempt began.</summary>
/// <param name="LogOffset">Bytes in <c>output.log</c>: where this attempt's part begins.</param>
/// <param name="LogInode">Which file that is.</param>
/// <param name="MetricsOffset">Bytes in <c>metrics.jsonl</c>; 0 when it was not there.</param>
internal sealed record StartFacts(long LogOffset, ulong LogInode, long MetricsOffset)
{
    public const int Bytes = 24;

    public void WriteTo(Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, LogOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], LogInode);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], MetricsOffset);
    }

    public static StartFacts Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
}
