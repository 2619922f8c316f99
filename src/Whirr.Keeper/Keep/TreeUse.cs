using Whirr.KeeperContract;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary>What the job uses: from its cgroup as far as that tells, otherwise from its processes.</summary>
internal static class TreeUse
{
    /// <summary>All that the job used, when nothing of it is left.</summary>
    public static ResourceUse AtEnd(JobTree tree, CgroupUse? cgroup) => new()
    {
        MaxRssBytes = tree.MaxRssBytes,
        PeakTreeBytes = cgroup?.PeakBytes ?? 0,
        // The cgroup also knows those that nobody waited for.
        CpuMicroseconds = Math.Max(tree.CpuMicroseconds, cgroup?.CpuMicroseconds ?? 0),
        ReadBytes = tree.ReadBytes,
        WrittenBytes = tree.WrittenBytes,
    };

    /// <summary>What it uses now. Without a cgroup this looks at every process of the machine, so it is for questions that are seldom asked.</summary>
    public static KeeperMessage.Alive Now(JobTree tree)
    {
        var cgroup = tree.ReadCgroup();
        var use = AtEnd(tree, cgroup);
        if (cgroup is { CpuMicroseconds: not null, MemoryBytes: { } memory, Processes: { } processes })
        {
            return new KeeperMessage.Alive(use, memory, processes);
        }

        var living = ProcessTree.Below(CurrentProcess.Pid);
        use = use with
        {
            MaxRssBytes = Math.Max(use.MaxRssBytes, living.LargestResidentBytes),
            CpuMicroseconds = Math.Max(use.CpuMicroseconds, tree.CpuMicroseconds + living.CpuMicroseconds),
        };
        return new KeeperMessage.Alive(use, cgroup?.MemoryBytes ?? living.ResidentBytes, living.Processes);
    }
}
