namespace Whirr.Linux.Cgroups;

/// <summary>What the processes of a cgroup use and have used; null: its controllers here do not tell.</summary>
public readonly record struct CgroupUse
{
    /// <summary>Memory now, caches included.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The most it ever was (Linux 5.19).</summary>
    public long? PeakBytes { get; init; }

    /// <summary>User and system time of all processes it ever had; known without the cpu controller.</summary>
    public long? CpuMicroseconds { get; init; }

    /// <summary>Processes and threads now.</summary>
    public int? Processes { get; init; }

    /// <summary>How many of its processes were killed for want of memory, here or on the whole machine.</summary>
    public long? OomKills { get; init; }

    /// <summary>Reads it. What is gone, or cannot be read, is not known.</summary>
    public static CgroupUse Read(CgroupLeaf leaf)
    {
        try
        {
            return new CgroupUse
            {
                MemoryBytes = Number(leaf.TryRead("memory.current")),
                PeakBytes = Number(leaf.TryRead("memory.peak")),
                CpuMicroseconds = Field(leaf.TryRead("cpu.stat"), "usage_usec"),
                Processes = (int?)Number(leaf.TryRead("pids.current")) ?? leaf.TryRead("cgroup.procs")?.Count(letter => letter == '\n'),
                OomKills = Field(leaf.TryRead("memory.events"), "oom_kill"),
            };
        }
        catch (LinuxException)
        {
            return default;
        }
    }

    /// <summary>A number of a file of <c>NAME NUMBER</c> lines; null when it is not there.</summary>
    internal static long? Field(string? text, string name)
    {
        foreach (var line in text?.Split('\n') ?? [])
        {
            if (line.Split(' ') is [var key, var value] && key == name)
            {
                return Number(value);
            }
        }

        return null;
    }

    private static long? Number(string? text) => long.TryParse(text, out var number) ? number : null;
}
