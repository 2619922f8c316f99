using System.Buffers;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>What <c>whirr-keeper remove</c> tells the daemon.</summary>
/// <param name="Existed">There was a run directory of this job.</param>
/// <param name="Bytes">Space that it took, or takes, on the disk.</param>
/// <param name="Problem">Why it is not, or not wholly, removed; null when all is well.</param>
public sealed record RemovalReport(bool Existed, long Bytes, string? Problem)
{
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("existed"u8, Existed);
            json.WriteNumber("bytes"u8, Bytes);
            if (Problem is not null)
            {
                json.WriteString("problem"u8, Problem);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="KeeperContractException">Not a report.</exception>
    public static RemovalReport Decode(ReadOnlySpan<byte> bytes)
    {
        var fields = new ObjectReader(bytes, "report of a removal");
        var report = new RemovalReport(false, 0, null);
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("existed"u8): report = report with { Existed = fields.Boolean() }; break;
                case var n when n.SequenceEqual("bytes"u8): report = report with { Bytes = fields.Int64() }; break;
                case var n when n.SequenceEqual("problem"u8): report = report with { Problem = fields.String() }; break;
            }
        }

        return report;
    }
}
