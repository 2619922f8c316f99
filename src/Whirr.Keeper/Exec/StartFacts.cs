using System.Buffers.Binary;

namespace Whirr.Keeper.Exec;

/// <summary>What the files of the run were like when the attempt began.</summary>
/// <param name="LogOffset">Bytes in <c>output.log</c>: where this attempt's part begins.</param>
/// <param name="LogInode">Which file that is.</param>
/// <param name="MetricsOffset">Bytes in <c>metrics.jsonl</c>; 0 when it was not there.</param>
/// <param name="AlertsOffset">The same of <c>alerts.jsonl</c>.</param>
internal sealed record StartFacts(long LogOffset, ulong LogInode, long MetricsOffset, long AlertsOffset)
{
    public const int Bytes = 32;

    public void WriteTo(Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, LogOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], LogInode);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], MetricsOffset);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], AlertsOffset);
    }

    public static StartFacts Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
}
