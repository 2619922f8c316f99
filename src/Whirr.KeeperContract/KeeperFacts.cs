using System.Buffers;
using System.Text.Json;

namespace Whirr.KeeperContract;

/// <summary>What identifies the processes of an attempt when the keeper cannot be asked: the contents of <c>keeper.json</c>.</summary>
/// <remarks>Written before the command is started, and again with its numbers right after: without this file no command was ever started.
/// A pid alone proves nothing. With the boot id and the start time (field 22 of proc_pid_stat(5), in clock ticks) it does.</remarks>
public sealed record KeeperFacts
{
    /// <summary>Boot of the machine in which the keeper ran.</summary>
    public required string BootId { get; init; }

    public required int KeeperPid { get; init; }

    /// <summary>Clock ticks since boot.</summary>
    public required long KeeperStartTicks { get; init; }

    /// <summary>Process, process group and session id of the command; 0 before it was started.</summary>
    public int CommandPid { get; init; }

    /// <summary>Clock ticks since boot; 0 before it was started.</summary>
    public long CommandStartTicks { get; init; }

    /// <summary>The attempt's leaf of cgroup v2; null for none.</summary>
    public string? Cgroup { get; init; }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, KeeperProtocol.Version);
            json.WriteString("boot_id"u8, BootId);
            json.WriteNumber("keeper_pid"u8, KeeperPid);
            json.WriteNumber("keeper_start_ticks"u8, KeeperStartTicks);
            json.WriteNumber("command_pid"u8, CommandPid);
            json.WriteNumber("command_start_ticks"u8, CommandStartTicks);
            if (Cgroup is { } cgroup)
            {
                json.WriteString("cgroup"u8, cgroup);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="KeeperContractException">Not the facts of a keeper, or cut short by a crash of the machine.</exception>
    public static KeeperFacts Decode(ReadOnlySpan<byte> bytes)
    {
        var fields = new ObjectReader(bytes, "file keeper.json");
        string? bootId = null;
        var facts = new KeeperFacts { BootId = "", KeeperPid = 0, KeeperStartTicks = 0 };
        while (fields.MoveNext())
        {
            switch (fields.Name)
            {
                case var n when n.SequenceEqual("boot_id"u8): bootId = fields.String(); break;
                case var n when n.SequenceEqual("keeper_pid"u8): facts = facts with { KeeperPid = fields.Int32() }; break;
                case var n when n.SequenceEqual("keeper_start_ticks"u8): facts = facts with { KeeperStartTicks = fields.Int64() }; break;
                case var n when n.SequenceEqual("command_pid"u8): facts = facts with { CommandPid = fields.Int32() }; break;
                case var n when n.SequenceEqual("command_start_ticks"u8): facts = facts with { CommandStartTicks = fields.Int64() }; break;
                case var n when n.SequenceEqual("cgroup"u8): facts = facts with { Cgroup = fields.String() }; break;
            }
        }

        return facts with { BootId = bootId ?? throw fields.Missing("boot_id") };
    }
}
