namespace Whirr.Linux.Processes;

/// <summary>The living descendants of a process, found by their parents: a look at every process of the machine.</summary>
/// <param name="Processes">How many.</param>
/// <param name="ResidentBytes">Their resident memory in all; what they share counts for each.</param>
/// <param name="LargestResidentBytes">The largest resident set of one.</param>
/// <param name="CpuMicroseconds">User and system time of them and of the children that they waited for.</param>
public readonly record struct ProcessTree(int Processes, long ResidentBytes, long LargestResidentBytes, long CpuMicroseconds)
{
    /// <summary>Looks.</summary>
    /// <param name="root">The process whose descendants count; it does not count itself.</param>
    public static ProcessTree Below(int root)
    {
        var byParent = ProcessTable.Read().ToLookup(process => process.ParentPid);
        var found = default(ProcessTree);
        Stack<int> parents = new([root]);
        HashSet<int> seen = [root];
        while (parents.TryPop(out var parent))
        {
            // Processes come and go while they are read, so one can be met twice.
            foreach (var process in byParent[parent].Where(process => seen.Add(process.Pid)))
            {
                parents.Push(process.Pid);
                found = process.IsDead ? found : found.With(process);
            }
        }

        return found;
    }

    private ProcessTree With(ProcessStat process) => new(
        Processes + 1,
        ResidentBytes + process.ResidentBytes,
        Math.Max(LargestResidentBytes, process.ResidentBytes),
        CpuMicroseconds + process.CpuMicroseconds);
}
