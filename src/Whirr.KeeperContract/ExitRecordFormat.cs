using System.Buffers;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>The JSON of an exit record.</summary>
public static class ExitRecordFormat
{
    public static byte[] Encode(ExitRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, record);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="KeeperContractException">Not an exit record.</exception>
    public static ExitRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var fields = new ObjectReader(bytes, "exit record");
        long? jobId = null;
        DateTimeOffset? endedAt = null;
        var record = new ExitRecord { JobId = 0, Attempt = 0, Ran = true, EndedAt = default };
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("job_id"u8): jobId = fields.Int64(); break;
                case var n when n.SequenceEqual("attempt"u8): record = record with { Attempt = fields.Int32() }; break;
                case var n when n.SequenceEqual("lease_epoch"u8): record = record with { LeaseEpoch = fields.Int64() }; break;
                case var n when n.SequenceEqual("ran"u8): record = record with { Ran = fields.Boolean() }; break;
                case var n when n.SequenceEqual("exit_code"u8): record = record with { ExitCode = fields.Int32() }; break;
                case var n when n.SequenceEqual("signal"u8): record = record with { Signal = fields.Int32() }; break;
                case var n when n.SequenceEqual("core_dumped"u8): record = record with { CoreDumped = fields.Boolean() }; break;
                case var n when n.SequenceEqual("ended_by"u8): record = record with { Cause = CauseOf(fields.String()) }; break;
                case var n when n.SequenceEqual("started_at"u8): record = record with { StartedAt = fields.Time() }; break;
                case var n when n.SequenceEqual("ended_at"u8): endedAt = fields.Time(); break;
                case var n when n.SequenceEqual("log_offset"u8): record = record with { LogOffset = fields.Int64() }; break;
                case var n when n.SequenceEqual("detail"u8): record = record with { Detail = fields.String() }; break;
                case var n when n.SequenceEqual("stage"u8): record = record with { Stage = fields.String() }; break;
                case var n when n.SequenceEqual("errno"u8): record = record with { Errno = fields.Int32() }; break;
                case var n when n.SequenceEqual("sentence"u8): record = record with { Sentence = fields.String() }; break;
                case var n when n.SequenceEqual("alerts"u8): record = record with { Alerts = JobAlertFormat.ReadAll(ref fields) }; break;
                case var n when n.SequenceEqual("warnings"u8):
                    List<string> warnings = [];
                    for (fields.ExpectArray(); fields.NextElement();)
                    {
                        warnings.Add(fields.String());
                    }

                    record = record with { Warnings = warnings };
                    break;
                default: record = record with { Use = ReadUse(record.Use, ref fields) }; break;
            }
        }

        return record with
        {
            JobId = jobId ?? throw fields.Missing("job_id"),
            EndedAt = endedAt ?? throw fields.Missing("ended_at"),
        };
    }

    internal static void Write(Utf8JsonWriter json, ExitRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("v"u8, KeeperProtocol.Version);
        json.WriteNumber("job_id"u8, record.JobId);
        json.WriteNumber("attempt"u8, record.Attempt);
        json.WriteNumber("lease_epoch"u8, record.LeaseEpoch);
        json.WriteBoolean("ran"u8, record.Ran);
        if (record.Ran)
        {
            json.WriteNumber("exit_code"u8, record.ExitCode);
            json.WriteNumber("signal"u8, record.Signal);
            json.WriteBoolean("core_dumped"u8, record.CoreDumped);
        }

        json.WriteString("ended_by"u8, WordOf(record.Cause));
        Timestamps.Write(json, "started_at"u8, record.StartedAt);
        Timestamps.Write(json, "ended_at"u8, record.EndedAt);
        WriteUse(json, record.Use);
        if (record.LogOffset is { } offset)
        {
            json.WriteNumber("log_offset"u8, offset);
        }

        if (record.Detail is { } detail)
        {
            json.WriteString("detail"u8, detail);
        }

        if (!record.Ran)
        {
            json.WriteString("stage"u8, record.Stage);
            json.WriteNumber("errno"u8, record.Errno);
            json.WriteString("sentence"u8, record.Sentence);
        }

        if (record.Alerts.Count > 0)
        {
            JobAlertFormat.WriteAll(json, record.Alerts);
        }

        if (record.Warnings.Count > 0)
        {
            json.WriteStartArray("warnings"u8);
            foreach (var warning in record.Warnings)
            {
                json.WriteStringValue(warning);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    internal static void WriteUse(Utf8JsonWriter json, ResourceUse use)
    {
        json.WriteNumber("max_rss_bytes"u8, use.MaxRssBytes);
        json.WriteNumber("cpu_us"u8, use.CpuMicroseconds);
        foreach (var (name, bytes) in (ReadOnlySpan<(string, long)>)
            [("peak_tree_bytes", use.PeakTreeBytes), ("read_bytes", use.ReadBytes), ("written_bytes", use.WrittenBytes)])
        {
            if (bytes > 0)
            {
                json.WriteNumber(name, bytes);
            }
        }
    }

    /// <summary>Takes over one field of usage; unchanged when it is none.</summary>
    internal static ResourceUse ReadUse(ResourceUse use, ref ObjectReader fields) => fields.Name switch
    {
        var n when n.SequenceEqual("max_rss_bytes"u8) => use with { MaxRssBytes = fields.Int64() },
        var n when n.SequenceEqual("cpu_us"u8) => use with { CpuMicroseconds = fields.Int64() },
        var n when n.SequenceEqual("peak_tree_bytes"u8) => use with { PeakTreeBytes = fields.Int64() },
        var n when n.SequenceEqual("read_bytes"u8) => use with { ReadBytes = fields.Int64() },
        var n when n.SequenceEqual("written_bytes"u8) => use with { WrittenBytes = fields.Int64() },
        _ => use,
    };

    private static string WordOf(ExitCause cause) => cause switch
    {
        ExitCause.Cancel => "cancel",
        ExitCause.DaemonLoss => "daemon_loss",
        ExitCause.KeeperStopped => "keeper_stopped",
        ExitCause.TimeLimit => "time_limit",
        ExitCause.MemoryLimit => "memory_limit",
        ExitCause.Stalled => "stalled",
        ExitCause.NanMetric => "nan_metric",
        _ => "itself",
    };

    private static ExitCause CauseOf(string word) => word switch
    {
        "itself" => ExitCause.Itself,
        "cancel" => ExitCause.Cancel,
        "daemon_loss" => ExitCause.DaemonLoss,
        "time_limit" => ExitCause.TimeLimit,
        "memory_limit" => ExitCause.MemoryLimit,
        "stalled" => ExitCause.Stalled,
        "nan_metric" => ExitCause.NanMetric,
        // A cause of a newer keeper is some other way in which the keeper ended the job: not the job's own doing.
        _ => ExitCause.KeeperStopped,
    };
}
