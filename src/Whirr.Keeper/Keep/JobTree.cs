using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary>All processes of the job. The keeper is their subreaper, so every one of them becomes its child when its own parent ends.</summary>
internal sealed class JobTree(int mainPid, CgroupLeaf? cgroup)
{
    private const int CgroupPatienceMs = 1000;

    // Children that SIGKILL was sent to and that are not reaped yet: to look at them again each time one of a thousand ends takes longer
    // than their ends do.
    private readonly HashSet<int> _killed = [];

    private readonly HashSet<int> _own = [];

    /// <summary>How the main process ended; null while it lives.</summary>
    public WaitStatus? MainEnded { get; private set; }

    /// <summary>Largest resident set of any one process that has ended, in bytes.</summary>
    public long MaxRssBytes { get; private set; }

    /// <summary>User and system time of the processes that have ended, in microseconds.</summary>
    public long CpuMicroseconds { get; private set; }

    /// <summary>What the processes that have ended read from disks, in bytes.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>What they wrote, in bytes.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>True when no process of the job is left, not even a dead one.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Takes a child for one of the keeper's own: what it uses is not the job's.</summary>
    public void Exclude(int pid) => _own.Add(pid);

    /// <summary>Takes the ends of all processes that have ended.</summary>
    public void Reap()
    {
        bool anyLeft;
        while (ChildProcess.TryReap(-1, out var ended, out anyLeft))
        {
            _killed.Remove(ended.Pid);
            if (_own.Remove(ended.Pid))
            {
                continue;
            }

            MaxRssBytes = Math.Max(MaxRssBytes, ended.MaxRssBytes);
            CpuMicroseconds += ended.CpuMicroseconds;
            ReadBytes += ended.ReadBytes;
            WrittenBytes += ended.WrittenBytes;
            if (ended.Pid == mainPid)
            {
                MainEnded = ended.Status;
            }
        }

        IsGone = !anyLeft;
    }

    /// <summary>What the cgroup tells; null without one.</summary>
    public CgroupUse? ReadCgroup() => cgroup is null ? null : CgroupUse.Read(cgroup);

    /// <summary>Sends a signal to the main process, if it lives.</summary>
    public void SendToMain(int signal)
    {
        // Not reaped, so the number is still its own.
        if (MainEnded is null)
        {
            ChildProcess.Send(mainPid, signal);
        }
    }

    /// <summary>Asks the process group of the job to end, and wakes what is stopped so that it can.</summary>
    public void Terminate()
    {
        foreach (var signal in (ReadOnlySpan<int>)[Signal.Terminate, Signal.Continue])
        {
            SendToGroup(signal);
        }
    }

    /// <summary>Kills the process group of the job, and its main process in any case.</summary>
    public void KillGroup() => SendToGroup(Signal.Kill);

    /// <summary>True while somebody is in the process group of the job. After the main process was reaped this is a hint: its number may be
    /// in use again, so nothing is sent to it any more.</summary>
    public bool GroupLives => ChildProcess.Send(-mainPid, 0) != Errno.Esrch;

    /// <summary>Kills what is left. Each end may hand the keeper new orphans: to be called again after each, until <see cref="IsGone"/>.</summary>
    /// <returns>How many processes may not be killed, as they belong to somebody else (a program with the set-user-ID bit).</returns>
    public int KillRest()
    {
        cgroup?.TryKill();
        var refused = 0;
        var children = ChildProcess.ListOwn();
        var alive = children.Where(child => !_killed.Contains(child)).ToList();
        foreach (var child in alive)
        {
            if (ChildProcess.Send(child, Signal.Kill) == Errno.Eperm)
            {
                refused++;
            }
            else
            {
                _killed.Add(child);
            }
        }

        KillGroupsOf(alive);
        return refused == children.Count ? refused : 0;
    }

    /// <summary>Kills whole process groups at a stroke: who forks and exits faster than it can be listed cannot fork out of its group.</summary>
    private static void KillGroupsOf(IReadOnlyList<int> children)
    {
        // A child is not reaped yet, dead or not, so its group is still what it was: one of the job's own sessions, and of nobody else.
        HashSet<int> done = [CurrentProcess.Pid];
        foreach (var child in children)
        {
            if (ProcessStat.TryRead(child) is { } process && process.ParentPid == CurrentProcess.Pid && done.Add(process.GroupId))
            {
                ChildProcess.Send(-process.GroupId, Signal.Kill);
            }
        }
    }

    /// <summary>Removes the cgroup, and kills what may have been moved into it from outside.</summary>
    /// <returns>A warning; null when all is well.</returns>
    public string? RemoveCgroup()
    {
        try
        {
            return cgroup is null || cgroup.KillAndRemove(CgroupPatienceMs) ? null : $"something in {cgroup.Path} does not end";
        }
        catch (LinuxException e)
        {
            return $"the cgroup of the job is left behind: {e.Message}";
        }
    }

    private void SendToGroup(int signal)
    {
        // A zombie holds its number; a process that was reaped does not, and the number may be somebody else's by now.
        if (MainEnded is null && ChildProcess.Send(-mainPid, signal) == Errno.Esrch)
        {
            // It has not got as far as leading a group of its own.
            ChildProcess.Send(mainPid, signal);
        }
    }
}
