using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary>Tells a SIGKILL of the kernel for want of memory from one that somebody sent.</summary>
/// <remarks>
/// With the memory controller the cgroup counts its own processes that were killed so: that is proof. Without it the kernel counts for the
/// whole machine only, and says no names: that is a hint, so the reason stays the signal, and the hint goes beside it.
/// </remarks>
internal sealed class OomCheck(LaunchSpec spec, CgroupLeaf? cgroup)
{
    private const int KilledInShell = 128 + Signal.Kill;

    private readonly long? _machineBefore = cgroup?.TryRead("memory.events") is null ? MachineMemory.OomKills() : null;

    /// <summary>The record with what is known about memory. To be asked while the cgroup is still there.</summary>
    /// <param name="record">What is known without that.</param>
    /// <param name="use">What the cgroup tells.</param>
    /// <param name="executed">The command was started: false when there was not even room for that.</param>
    public ExitRecord Explain(ExitRecord record, CgroupUse? use, bool executed)
    {
        if (record.Cause != ExitCause.Itself || (record.Signal != Signal.Kill && record.ExitCode != KilledInShell && record.Ran))
        {
            return record;
        }

        if (use?.OomKills > 0)
        {
            return executed
                ? record with { Cause = ExitCause.MemoryLimit, Detail = EndSentence.OutOfMemory(spec.MemoryBytes, record.Use.PeakTreeBytes) }
                : record with { Ran = false, ExitCode = 0, Signal = 0, Detail = null, Stage = "limits", Sentence = $"the memory limit of {EndSentence.Bytes(spec.MemoryBytes ?? 0)} is too little to start anything" };
        }

        return record.Signal == Signal.Kill && _machineBefore is { } before && MachineMemory.OomKills() > before
            ? record with { Detail = EndSentence.KilledDuringOom(record.Signal) }
            : record;
    }
}
