using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Machine;

/// <summary>What the kernel has counted for the whole machine since boot (proc(5)).</summary>
/// <remarks>A figure that the kernel does not give is 0, as on a machine without disks.</remarks>
public readonly record struct HostCounters
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>/proc/diskstats counts in these, whatever the disk does.</summary>
    private const long SectorBytes = 512;

    /// <summary>Time of all processors, in clock ticks.</summary>
    public long CpuTicks { get; init; }

    /// <summary>Of that, what they had nothing to do.</summary>
    public long IdleTicks { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>What programs could still get without swapping.</summary>
    public long AvailableBytes { get; init; }

    /// <summary>Read from whole disks, not from their parts and not from what lies upon them.</summary>
    public long DiskReadBytes { get; init; }

    public long DiskWrittenBytes { get; init; }

    /// <summary>Over all interfaces but the loopback.</summary>
    public long NetworkReceivedBytes { get; init; }

    public long NetworkSentBytes { get; init; }

    /// <summary>Reads them.</summary>
    public static HostCounters Read() => new HostCounters()
        .WithProcessors(Lines("/proc/stat"))
        .WithMemory(Lines("/proc/meminfo"))
        .WithDisks(Lines("/proc/diskstats"), name => Paths.TryStat(null, $"/sys/block/{name}/device") is not null)
        .WithNetwork(Lines("/proc/net/dev"));

    internal HostCounters WithProcessors(IReadOnlyList<string> lines)
    {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice; guests are counted in user and nice already.
        var fields = lines.FirstOrDefault(line => line.StartsWith("cpu ", StringComparison.Ordinal)) is { } all ? Fields(all) : [];
        return fields.Length < 9 ? this : this with
        {
            CpuTicks = fields[1..9].Sum(Number),
            IdleTicks = Number(fields[4]) + Number(fields[5]),
        };
    }

    internal HostCounters WithMemory(IReadOnlyList<string> lines)
    {
        long Kilobytes(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line && Fields(line) is [_, var number, ..]
            ? 1024 * Number(number)
            : 0;
        return this with { MemoryBytes = Kilobytes("MemTotal:"), AvailableBytes = Kilobytes("MemAvailable:") };
    }

    internal HostCounters WithDisks(IReadOnlyList<string> lines, Func<string, bool> isDisk)
    {
        var disks = lines.Select(Fields).Where(fields => fields.Length > 9 && isDisk(fields[2])).ToList();
        return this with
        {
            DiskReadBytes = SectorBytes * disks.Sum(fields => Number(fields[5])),
            DiskWrittenBytes = SectorBytes * disks.Sum(fields => Number(fields[9])),
        };
    }

    internal HostCounters WithNetwork(IReadOnlyList<string> lines)
    {
        var interfaces = lines
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && parts[0].Trim() != "lo")
            .Select(parts => Fields(parts[1]))
            .Where(fields => fields.Length > 8)
            .ToList();
        return this with
        {
            NetworkReceivedBytes = interfaces.Sum(fields => Number(fields[0])),
            NetworkSentBytes = interfaces.Sum(fields => Number(fields[8])),
        };
    }

    private static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            using var file = Fd.TryOpenAt(null, path, OpenFlags.ReadOnly);
            return file is null ? [] : Encoding.ASCII.GetString(file.ReadAll(MaxFileBytes)).Split('\n');
        }
        catch (LinuxException)
        {
            // A container that hides it.
            return [];
        }
    }

    private static string[] Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static long Number(string field) => long.TryParse(field, out var number) ? number : 0;
}
