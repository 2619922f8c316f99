using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>The living processes of the job. The keeper gets every orphan of it, so they are all below the keeper.</summary>
internal static class TreeProcesses
{
    /// <summary>Parents before their children. This looks at every process of the machine.</summary>
    public static List<ProcessStat> List()
    {
        var byParent = ProcessTable.Read().ToLookup(process => process.ParentPid);
        List<ProcessStat> found = [];
        HashSet<int> seen = [CurrentProcess.Pid];
        Stack<int> parents = new(seen);
        while (parents.TryPop(out var parent))
        {
            // Processes come and go while they are read, so one can be met twice.
            foreach (var process in byParent[parent].Where(process => seen.Add(process.Pid)))
            {
                found.Add(process);
                parents.Push(process.Pid);
            }
        }

        return found;
    }
}
