using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>The frames of <see cref="KeeperMessage"/>: four bytes little-endian with the length of the body, then the body, a JSON object.</summary>
public static class KeeperMessageFormat
{
    internal const int PrefixBytes = 4;

    /// <summary>Encodes a message as one frame.</summary>
    public static byte[] Encode(KeeperMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Advance(Placeholder(buffer));
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteBody(json, message);
        }

        var frame = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - PrefixBytes);
        return frame;
    }

    /// <summary>Decodes the body of a frame.</summary>
    /// <exception cref="KeeperContractException">Not a message.</exception>
    public static KeeperMessage Decode(ReadOnlySpan<byte> body)
    {
        var fields = new ObjectReader(body, "message");
        string? type = null, runDir = null;
        int pid = 0, graceMs = 0;
        DateTimeOffset at = default;
        ExitRecord? record = null;
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("type"u8): type = fields.String(); break;
                case var n when n.SequenceEqual("pid"u8): pid = fields.Int32(); break;
                case var n when n.SequenceEqual("run_dir"u8): runDir = fields.String(); break;
                case var n when n.SequenceEqual("at"u8): at = fields.Time(); break;
                case var n when n.SequenceEqual("grace_ms"u8): graceMs = fields.Int32(); break;
                case var n when n.SequenceEqual("record"u8): record = ExitRecordFormat.Decode(fields.Raw()); break;
            }
        }

        return type switch
        {
            "started" => new KeeperMessage.Started(pid, runDir ?? throw fields.Missing("run_dir"), at),
            "ended" => new KeeperMessage.Ended(record ?? throw fields.Missing("record")),
            "cancel" => new KeeperMessage.Cancel(graceMs),
            "forget" => new KeeperMessage.Forget(),
            null => throw fields.Missing("type"),
            _ => new KeeperMessage.Unknown(type),
        };
    }

    private static int Placeholder(ArrayBufferWriter<byte> buffer)
    {
        buffer.GetSpan(PrefixBytes)[..PrefixBytes].Clear();
        return PrefixBytes;
    }

    private static void WriteBody(Utf8JsonWriter json, KeeperMessage message)
    {
        json.WriteStartObject();
        json.WriteNumber("v"u8, KeeperProtocol.Version);
        switch (message)
        {
            case KeeperMessage.Started started:
                json.WriteString("type"u8, "started"u8);
                json.WriteNumber("pid"u8, started.Pid);
                json.WriteString("run_dir"u8, started.RunDir);
                Timestamps.Write(json, "at"u8, started.At);
                break;
            case KeeperMessage.Ended ended:
                json.WriteString("type"u8, "ended"u8);
                json.WritePropertyName("record"u8);
                ExitRecordFormat.Write(json, ended.Record);
                break;
            case KeeperMessage.Cancel cancel:
                json.WriteString("type"u8, "cancel"u8);
                json.WriteNumber("grace_ms"u8, cancel.GraceMilliseconds);
                break;
            case KeeperMessage.Forget:
                json.WriteString("type"u8, "forget"u8);
                break;
            case KeeperMessage.Unknown unknown:
                json.WriteString("type"u8, unknown.Type);
                break;
        }

        json.WriteEndObject();
    }
}
