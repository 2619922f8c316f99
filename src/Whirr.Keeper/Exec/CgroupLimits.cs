using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Cgroups;

namespace Whirr.Keeper.Exec;

/// <summary>The limits of the whole tree: values of its cgroup, set from within while this process can still write them.</summary>
/// <remarks>Source of the files: Documentation/admin-guide/cgroup-v2.rst. A limit that cannot be set ends the start: a job that takes more
/// than it was promised to take would harm others.</remarks>
internal static class CgroupLimits
{
    private const int PeriodMicroseconds = 100_000;

    /// <returns>Why one of them cannot be set here; null when all are.</returns>
    public static StartException? TrySet(LaunchSpec spec)
    {
        try
        {
            Set(spec);
            return null;
        }
        catch (StartException e)
        {
            return e;
        }
    }

    private static void Set(LaunchSpec spec)
    {
        if (spec.MemoryBytes is { } memory)
        {
            var what = $"memory cannot be limited to {EndSentence.Bytes(memory)}";
            var leaf = LeafOf(spec, what);
            // First what must not be missed when the limit is reached: the tree ends as a whole, and swap is no way around the limit.
            Set(leaf, "memory.oom.group", "1", what);
            if (leaf.TryRead("memory.swap.max") is not null)
            {
                Set(leaf, "memory.swap.max", "0", what);
            }

            Set(leaf, "memory.max", $"{memory}", what);
        }

        if (spec.CpuMillis is { } millis)
        {
            var what = $"processor time cannot be limited to {millis / 1000.0:0.###} processors";
            Set(LeafOf(spec, what), "cpu.max", $"{(long)millis * PeriodMicroseconds / 1000} {PeriodMicroseconds}", what);
        }

        if (spec.Pids is { } pids)
        {
            var what = $"the number of processes cannot be limited to {pids}";
            Set(LeafOf(spec, what), "pids.max", $"{pids}", what);
        }
    }

    private static CgroupLeaf LeafOf(LaunchSpec spec, string what) => spec.CgroupRoot is { } root
        ? CgroupLeaf.At($"{root}/{AttemptFiles.DirectoryName(spec.JobId, spec.Attempt)}")
        : throw new StartException("limits", Errno.Enoent, $"{what}: whirr has no cgroup for jobs on this machine");

    private static void Set(CgroupLeaf leaf, string file, string value, string what)
    {
        try
        {
            leaf.Set(file, value);
        }
        catch (LinuxException e) when (e.Errno == Errno.Enoent)
        {
            throw new StartException(
                "limits", e.Errno, $"{what}: whirr was not given the {file[..file.IndexOf('.')]} controller of cgroup v2 on this machine");
        }
        catch (LinuxException e)
        {
            throw new StartException("limits", e.Errno, $"{what}: {e.Message}");
        }
    }
}
