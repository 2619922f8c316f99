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

        if (spec.Nice is { } nice)
        {
            json.WriteNumber("nice"u8, nice);
        }

        json.WriteStartArray("limits"u8);
        foreach (var limit in spec.Limits)
        {
            json.WriteNumberValue(limit.Resource);
            json.WriteNumberValue(limit.Soft);
            json.WriteNumberValue(limit.Hard);
        }

        json.WriteEndArray();
        json.WriteNumber("arguments_bytes"u8, spec.Arguments.Length);
        json.WriteNumber("environment_bytes"u8, spec.Environment.Length);
        json.WriteNumber("config_bytes"u8, spec.Config.Length);
        json.WriteNumber("meta_bytes"u8, spec.Meta.Length);
        json.WriteEndObject();
    }

    private static LaunchSpec ReadHeader(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> blobs)
    {
        var fields = new ObjectReader(header, "launch spec");
        int version = 0, attempt = 0, umask = 0, graceMs = 0, arguments = 0, environment = 0, config = 0, meta = 0;
        long jobId = 0, leaseEpoch = 0;
        string? workdir = null, runDir = null, cgroupRoot = null;
        uint? uid = null, gid = null;
        int? nice = null;
        var endOnDaemonLoss = false;
        var privateRun = false;
        List<uint> groups = [];
        List<ulong> limits = [];
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("v"u8): version = fields.Int32(); break;
                case var n when n.SequenceEqual("job_id"u8): jobId = fields.Int64(); break;
                case var n when n.SequenceEqual("attempt"u8): attempt = fields.Int32(); break;
                case var n when n.SequenceEqual("lease_epoch"u8): leaseEpoch = fields.Int64(); break;
                case var n when n.SequenceEqual("workdir"u8): workdir = fields.String(); break;
                case var n when n.SequenceEqual("run_dir"u8): runDir = fields.String(); break;
                case var n when n.SequenceEqual("umask"u8): umask = fields.Int32(); break;
                case var n when n.SequenceEqual("private_run"u8): privateRun = fields.Boolean(); break;
                case var n when n.SequenceEqual("uid"u8): uid = fields.UInt32(); break;
                case var n when n.SequenceEqual("gid"u8): gid = fields.UInt32(); break;
                case var n when n.SequenceEqual("kill_grace_ms"u8): graceMs = fields.Int32(); break;
                case var n when n.SequenceEqual("end_on_daemon_loss"u8): endOnDaemonLoss = fields.Boolean(); break;
                case var n when n.SequenceEqual("cgroup_root"u8): cgroupRoot = fields.String(); break;
                case var n when n.SequenceEqual("nice"u8): nice = fields.Int32(); break;
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
                case var n when n.SequenceEqual("limits"u8):
                    for (fields.ExpectArray(); fields.NextElement();)
                    {
                        limits.Add(fields.UInt64());
                    }

                    break;
            }
        }

        if (version > KeeperProtocol.Version)
        {
            throw new KeeperContractException(
                $"the launch spec has version {version}; this whirr-keeper knows {KeeperProtocol.Version}: install the whirr-keeper that came with whirrd");
        }

        return new LaunchSpec
        {
            JobId = jobId > 0 ? jobId : throw fields.Missing("job_id"),
            Attempt = attempt > 0 ? attempt : throw fields.Missing("attempt"),
            LeaseEpoch = leaseEpoch,
            Workdir = workdir ?? throw fields.Missing("workdir"),
            RunDir = runDir ?? throw fields.Missing("run_dir"),
            Umask = umask,
            PrivateRun = privateRun,
            RunAs = uid is { } u ? new RunIdentity(u, gid ?? throw fields.Missing("gid"), groups) : null,
            KillGraceMilliseconds = graceMs,
            EndOnDaemonLoss = endOnDaemonLoss,
            CgroupRoot = cgroupRoot,
            Nice = nice,
            Limits = Triples(limits),
            Arguments = Take(ref blobs, arguments),
            Environment = Take(ref blobs, environment),
            Config = Take(ref blobs, config),
            Meta = Take(ref blobs, meta),
        };
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
