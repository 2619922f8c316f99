using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>The bytes of a launch spec.</summary>
/// <remarks>
/// Four bytes little-endian: the length of the header. The header: a JSON object. Then the blobs that the header gives the lengths of,
/// in a fixed order: arguments, environment, config, meta. Arguments and environment are what a process has in memory, so that the
/// step that becomes the job can point into them; they need not be UTF-8.
/// </remarks>
public static class LaunchSpecFormat
{
    private const int PrefixBytes = 4;

    /// <summary>Encodes <paramref name="spec"/>.</summary>
    public static byte[] Encode(LaunchSpec spec)
    {
        var header = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(header))
        {
            WriteHeader(json, spec);
        }

        ReadOnlySpan<ReadOnlyMemory<byte>> blobs = [spec.Arguments, spec.Environment, spec.Config, spec.Meta];
        var length = PrefixBytes + header.WrittenCount;
        foreach (var blob in blobs)
        {
            length = checked(length + blob.Length);
        }

        var bytes = new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, header.WrittenCount);
        header.WrittenSpan.CopyTo(bytes.AsSpan(PrefixBytes));
        var at = PrefixBytes + header.WrittenCount;
        foreach (var blob in blobs)
        {
            blob.Span.CopyTo(bytes.AsSpan(at));
            at += blob.Length;
        }

        return bytes;
    }

    /// <summary>Decodes a spec; its blobs share the memory of <paramref name="bytes"/>.</summary>
    /// <exception cref="KeeperContractException">The bytes are not a launch spec, or one of a version that this program does not know.</exception>
    public static LaunchSpec Decode(ReadOnlyMemory<byte> bytes)
    {
        var headerLength = bytes.Length < PrefixBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (headerLength < 0 || headerLength > bytes.Length - PrefixBytes)
        {
            throw new KeeperContractException("the launch spec is cut short");
        }

        return ReadHeader(bytes.Span.Slice(PrefixBytes, headerLength), bytes[(PrefixBytes + headerLength)..]);
    }

    private static void WriteHeader(Utf8JsonWriter json, LaunchSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("v"u8, KeeperProtocol.Version);
        json.WriteNumber("job_id"u8, spec.JobId);
        json.WriteNumber("attempt"u8, spec.Attempt);
        json.WriteNumber("lease_epoch"u8, spec.LeaseEpoch);
        json.WriteString("workdir"u8, spec.Workdir);
        json.WriteString("run_dir"u8, spec.RunDir);
        json.WriteNumber("umask"u8, spec.Umask);
        json.WriteBoolean("private_run"u8, spec.PrivateRun);
        if (spec.RunAs is { } identity)
        {
            json.WriteNumber("uid"u8, identity.Uid);
            json.WriteNumber("gid"u8, identity.Gid);
            json.WriteStartArray("groups"u8);
            foreach (var group in identity.Groups)
            {
                json.WriteNumberValue(group);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("kill_grace_ms"u8, spec.KillGraceMilliseconds);
        json.WriteBoolean("end_on_daemon_loss"u8, spec.EndOnDaemonLoss);
        if (spec.CgroupRoot is { } root)
        {
            json.WriteString("cgroup_root"u8, root);
        }

        WriteLimits(json, spec);

        if (spec.Nice is { } nice)
        {
            json.WriteNumber("nice"u8, nice);
        }

        WriteTriples(json, "limits"u8, spec.Limits);
        WriteTriples(json, "user_limits"u8, spec.UserLimits);
        json.WriteNumber("arguments_bytes"u8, spec.Arguments.Length);
        json.WriteNumber("environment_bytes"u8, spec.Environment.Length);
        json.WriteNumber("config_bytes"u8, spec.Config.Length);
        json.WriteNumber("meta_bytes"u8, spec.Meta.Length);
        json.WriteEndObject();
    }

    /// <summary>What is not asked for is left out: a keeper of an older version then does not even hear of it.</summary>
    private static void WriteLimits(Utf8JsonWriter json, LaunchSpec spec)
    {
        WriteUnlessZero(json, "time_limit_ms"u8, spec.TimeLimitMilliseconds ?? 0);
        WriteUnlessZero(json, "warn_signal"u8, spec.WarnSignal);
        WriteUnlessZero(json, "warn_before_ms"u8, spec.WarnBeforeMilliseconds);
        WriteUnlessZero(json, "memory_bytes"u8, spec.MemoryBytes ?? 0);
        WriteUnlessZero(json, "cpu_millis"u8, spec.CpuMillis ?? 0);
        WriteUnlessZero(json, "pids"u8, spec.Pids ?? 0);
        WriteUnlessZero(json, "log_limit_bytes"u8, spec.LogLimitBytes);
        WriteUnlessZero(json, "stall_ms"u8, spec.StallMilliseconds);
        WriteUnlessZero(json, "on_stall"u8, (int)spec.OnStall);
        WriteUnlessZero(json, "stall_signal"u8, spec.StallSignal);
        WriteUnlessZero(json, "system_ms"u8, spec.SystemMilliseconds);
        WriteUnlessZero(json, "io_priority"u8, spec.IoPriority);
        if (spec.GpuProbe is { } probe)
        {
            json.WriteString("gpu_probe"u8, probe);
        }

        if (spec.FailOnNan)
        {
            json.WriteBoolean("fail_on_nan"u8, true);
        }

        if (spec.UserNice is { } nice)
        {
            json.WriteNumber("user_nice"u8, nice);
        }
    }

    private static void WriteUnlessZero(Utf8JsonWriter json, ReadOnlySpan<byte> name, long number)
    {
        if (number != 0)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteTriples(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<ResourceLimit> limits)
    {
        json.WriteStartArray(name);
        foreach (var limit in limits)
        {
            json.WriteNumberValue(limit.Resource);
            json.WriteNumberValue(limit.Soft);
            json.WriteNumberValue(limit.Hard);
        }

        json.WriteEndArray();
    }

    private static LaunchSpec ReadHeader(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> blobs)
    {
        var fields = new ObjectReader(header, "launch spec");
        var spec = new LaunchSpec
        {
            JobId = 0,
            Attempt = 0,
            LeaseEpoch = 0,
            Workdir = "",
            RunDir = "",
            Umask = 0,
            KillGraceMilliseconds = 0,
            Arguments = default,
            Environment = default,
            Config = default,
            Meta = default,
        };
        int version = 0, arguments = 0, environment = 0, config = 0, meta = 0;
        uint? uid = null, gid = null;
        List<uint> groups = [];
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("v"u8): version = fields.Int32(); break;
                case var n when n.SequenceEqual("uid"u8): uid = fields.UInt32(); break;
                case var n when n.SequenceEqual("gid"u8): gid = fields.UInt32(); break;
                case var n when n.SequenceEqual("arguments_bytes"u8): arguments = fields.Int32(); break;
                case var n when n.SequenceEqual("environment_bytes"u8): environment = fields.Int32(); break;
                case var n when n.SequenceEqual("config_bytes"u8): config = fields.Int32(); break;
                case var n when n.SequenceEqual("meta_bytes"u8): meta = fields.Int32(); break;
                case var n when n.SequenceEqual("groups"u8):
                    for (fields.ExpectArray(); fields.NextElement();)
                    {
                        groups.Add(fields.UInt32());
                    }

                    break;
                default: spec = ReadField(spec, ref fields); break;
            }
        }

        if (version > KeeperProtocol.Version)
        {
            throw new KeeperContractException(
                $"the launch spec has version {version}; this whirr-keeper knows {KeeperProtocol.Version}: install the whirr-keeper that came with whirrd");
        }

        var missing = spec switch
        {
            { JobId: <= 0 } => "job_id",
            { Attempt: <= 0 } => "attempt",
            { Workdir: "" } => "workdir",
            { RunDir: "" } => "run_dir",
            _ => null,
        };
        if (missing is not null)
        {
            throw fields.Missing(missing);
        }

        return spec with
        {
            RunAs = uid is { } u ? new RunIdentity(u, gid ?? throw fields.Missing("gid"), groups) : null,
            Arguments = Take(ref blobs, arguments),
            Environment = Take(ref blobs, environment),
            Config = Take(ref blobs, config),
            Meta = Take(ref blobs, meta),
        };
    }

    /// <summary>Takes over one field; unchanged when it is of a newer version.</summary>
    private static LaunchSpec ReadField(LaunchSpec spec, ref ObjectReader fields) => fields.Name switch
    {
        var n when n.SequenceEqual("job_id"u8) => spec with { JobId = fields.Int64() },
        var n when n.SequenceEqual("attempt"u8) => spec with { Attempt = fields.Int32() },
        var n when n.SequenceEqual("lease_epoch"u8) => spec with { LeaseEpoch = fields.Int64() },
        var n when n.SequenceEqual("workdir"u8) => spec with { Workdir = fields.String() },
        var n when n.SequenceEqual("run_dir"u8) => spec with { RunDir = fields.String() },
        var n when n.SequenceEqual("umask"u8) => spec with { Umask = fields.Int32() },
        var n when n.SequenceEqual("private_run"u8) => spec with { PrivateRun = fields.Boolean() },
        var n when n.SequenceEqual("kill_grace_ms"u8) => spec with { KillGraceMilliseconds = fields.Int32() },
        var n when n.SequenceEqual("end_on_daemon_loss"u8) => spec with { EndOnDaemonLoss = fields.Boolean() },
        var n when n.SequenceEqual("cgroup_root"u8) => spec with { CgroupRoot = fields.String() },
        var n when n.SequenceEqual("nice"u8) => spec with { Nice = fields.Int32() },
        var n when n.SequenceEqual("limits"u8) => spec with { Limits = ReadTriples(ref fields) },
        var n when n.SequenceEqual("user_limits"u8) => spec with { UserLimits = ReadTriples(ref fields) },
        var n when n.SequenceEqual("user_nice"u8) => spec with { UserNice = fields.Int32() },
        var n when n.SequenceEqual("io_priority"u8) => spec with { IoPriority = fields.Int32() },
        var n when n.SequenceEqual("time_limit_ms"u8) => spec with { TimeLimitMilliseconds = fields.Int64() },
        var n when n.SequenceEqual("warn_signal"u8) => spec with { WarnSignal = fields.Int32() },
        var n when n.SequenceEqual("warn_before_ms"u8) => spec with { WarnBeforeMilliseconds = fields.Int64() },
        var n when n.SequenceEqual("memory_bytes"u8) => spec with { MemoryBytes = fields.Int64() },
        var n when n.SequenceEqual("cpu_millis"u8) => spec with { CpuMillis = fields.Int32() },
        var n when n.SequenceEqual("pids"u8) => spec with { Pids = fields.Int32() },
        var n when n.SequenceEqual("log_limit_bytes"u8) => spec with { LogLimitBytes = fields.Int64() },
        var n when n.SequenceEqual("stall_ms"u8) => spec with { StallMilliseconds = fields.Int64() },
        var n when n.SequenceEqual("on_stall"u8) => spec with { OnStall = (StallReaction)fields.Int32() },
        var n when n.SequenceEqual("system_ms"u8) => spec with { SystemMilliseconds = fields.Int64() },
        var n when n.SequenceEqual("stall_signal"u8) => spec with { StallSignal = fields.Int32() },
        var n when n.SequenceEqual("gpu_probe"u8) => spec with { GpuProbe = fields.String() },
        var n when n.SequenceEqual("fail_on_nan"u8) => spec with { FailOnNan = fields.Boolean() },
        _ => spec,
    };

    private static ResourceLimit[] ReadTriples(ref ObjectReader fields)
    {
        List<ulong> numbers = [];
        for (fields.ExpectArray(); fields.NextElement();)
        {
            numbers.Add(fields.UInt64());
        }

        return Triples(numbers);
    }

    private static ResourceLimit[] Triples(List<ulong> numbers)
    {
        var limits = new ResourceLimit[numbers.Count / 3];
        for (var i = 0; i < limits.Length; i++)
        {
            limits[i] = new ResourceLimit((int)numbers[3 * i], numbers[(3 * i) + 1], numbers[(3 * i) + 2]);
        }

        return limits;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> blobs, int length)
    {
        if (length < 0 || length > blobs.Length)
        {
            throw new KeeperContractException("the launch spec is cut short");
        }

        var taken = blobs[..length];
        blobs = blobs[length..];
        return taken;
    }
}
