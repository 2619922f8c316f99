using System.Text;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Processes;

/// <summary>What the kernel says about the memory of the whole machine.</summary>
public static class MachineMemory
{
    private const int MaxFileBytes = 1 << 18;

    /// <summary>How many processes were killed since boot for want of memory (/proc/vmstat, oom_kill; Linux 4.13); null: the kernel does not
    /// tell.</summary>
    public static long? OomKills()
    {
        using var file = Fd.TryOpenAt(null, "/proc/vmstat", OpenFlags.ReadOnly);
        return file is null ? null : CgroupUse.Field(Encoding.ASCII.GetString(file.ReadAll(MaxFileBytes)), "oom_kill");
    }
}
