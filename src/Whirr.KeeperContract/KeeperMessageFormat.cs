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
        string? sentence = null, level = null, title = null, text = null;
        int pid = 0, graceMs = 0, processes = 0;
        long memory = 0;
        long? logOffset = null, limitMs = null;
        var isLow = false;
        var answersPing = false;
        ResourceUse use = default;
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
                case var n when n.SequenceEqual("log_offset"u8): logOffset = fields.Int64(); break;
                case var n when n.SequenceEqual("sentence"u8): sentence = fields.String(); break;
                case var n when n.SequenceEqual("level"u8): level = fields.String(); break;
                case var n when n.SequenceEqual("title"u8): title = fields.String(); break;
                case var n when n.SequenceEqual("text"u8): text = fields.String(); break;
                case var n when n.SequenceEqual("processes"u8): processes = fields.Int32(); break;
                case var n when n.SequenceEqual("memory_bytes"u8): memory = fields.Int64(); break;
                case var n when n.SequenceEqual("limit_ms"u8): limitMs = fields.Int64(); break;
                case var n when n.SequenceEqual("answers_ping"u8): answersPing = fields.Boolean(); break;
                case var n when n.SequenceEqual("is_low"u8): isLow = fields.Boolean(); break;
                default: use = ExitRecordFormat.ReadUse(use, ref fields); break;
            }
        }

        return type switch
        {
            "started" => new KeeperMessage.Started(pid, runDir ?? throw fields.Missing("run_dir"), at, logOffset) { AnswersPing = answersPing },
            "ended" => new KeeperMessage.Ended(record ?? throw fields.Missing("record")),
            "cancel" => new KeeperMessage.Cancel(graceMs),
            "forget" => new KeeperMessage.Forget(),
            "alive" => new KeeperMessage.Alive(use, memory, processes),
            "stalled" => new KeeperMessage.Stalled(sentence ?? ""),
            "resumed" => new KeeperMessage.Resumed(),
            "alert" => new KeeperMessage.Alerted(new JobAlert(at, level ?? "", title ?? "", text ?? "")),
            "alert_heard" => new KeeperMessage.AlertHeard(at),
            "ping" => new KeeperMessage.Ping(),
            "time_limit" => new KeeperMessage.SetTimeLimit(limitMs),
            "low_space" => new KeeperMessage.LowSpace(isLow),
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
                WriteIfKnown(json, "log_offset"u8, started.LogOffset);
                if (started.AnswersPing)
                {
                    json.WriteBoolean("answers_ping"u8, true);
                }

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
            case KeeperMessage.Alive alive:
                json.WriteString("type"u8, "alive"u8);
                ExitRecordFormat.WriteUse(json, alive.Usage);
                json.WriteNumber("memory_bytes"u8, alive.MemoryBytes);
                json.WriteNumber("processes"u8, alive.Processes);
                break;
            case KeeperMessage.Stalled stalled:
                json.WriteString("type"u8, "stalled"u8);
                json.WriteString("sentence"u8, stalled.Sentence);
                break;
            case KeeperMessage.Resumed:
                json.WriteString("type"u8, "resumed"u8);
                break;
            case KeeperMessage.Ping:
                json.WriteString("type"u8, "ping"u8);
                break;
            case KeeperMessage.SetTimeLimit limit:
                json.WriteString("type"u8, "time_limit"u8);
                WriteIfKnown(json, "limit_ms"u8, limit.LimitMilliseconds);
                break;
            case KeeperMessage.LowSpace space:
                json.WriteString("type"u8, "low_space"u8);
                json.WriteBoolean("is_low"u8, space.IsLow);
                break;
            case KeeperMessage.Alerted alerted:
                json.WriteString("type"u8, "alert"u8);
                JobAlertFormat.Write(json, alerted.Alert);
                break;
            case KeeperMessage.AlertHeard heard:
                json.WriteString("type"u8, "alert_heard"u8);
                Timestamps.Write(json, "at"u8, heard.At);
                break;
            case KeeperMessage.Unknown unknown:
                json.WriteString("type"u8, unknown.Type);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteIfKnown(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
