using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Linux.Processes;

/// <summary>Finds and kills the processes of a tree whose root is dead.</summary>
/// <remarks>
/// A process belongs to the tree when it is in its cgroup, in its session, has its marks in the environment it was started with, or
/// descends from one that does; and when it is not older than the tree. Numbers are used again, so each signal goes through a pidfd whose
/// start time was compared. What hides from all of these (a session of its own, a changed environment and an end of its parent) is found
/// only with a cgroup.
/// </remarks>
public sealed class ProcessHunt
{
    private const int MaxEnvironmentBytes = 8 << 20;
    private const int PatienceMs = 1000;
    private const int MaxRounds = 10_000;

    /// <summary>How often a look that found nobody and proves nothing is taken again: where processes come and go all the time, one may
    /// never be conclusive.</summary>
    private const int MaxVainLooks = 20;

    private enum Membership
    {
        No,
        Yes,

        /// <summary>It ended before it could be asked, and may have left a child that is not on the list; or it is becoming another program.</summary>
        Unknown,
    }

    /// <summary>Session id; 0 for none.</summary>
    public int SessionId { get; init; }

    /// <summary>When the leader of the session started, in clock ticks since boot; 0 when unknown.</summary>
    public long StartTicks { get; init; }

    /// <summary>Directory of the cgroup; null for none.</summary>
    public string? Cgroup { get; init; }

    /// <summary>NUL-ended entries that the environment must have, all of them; empty: the environment tells nothing.</summary>
    public IReadOnlyList<byte[]> Marks { get; init; } = [];

    /// <summary>Kills until a look at all processes finds none of the tree. Blocks for as long as one of them takes to die.</summary>
    /// <returns>How many are left because they may not be killed.</returns>
    public int Run()
    {
        if (Cgroup is { } cgroup)
        {
            CgroupLeaf.At(cgroup).KillAndRemove(PatienceMs);
        }

        HashSet<(int, long)> refused = [];
        var vainLooks = 0;
        for (var round = 0; round < MaxRounds; round++)
        {
            var (members, isConclusive) = Look();
            var found = members.Where(member => !refused.Contains((member.Pid, member.StartTicks))).ToList();
            if (found.Count == 0 && (isConclusive || ++vainLooks == MaxVainLooks))
            {
                return refused.Count;
            }

            KillAll(found, refused);
        }

        throw new LinuxException("kill a tree of processes that keeps growing", Errno.Eagain);
    }

    /// <summary>The processes of the tree that are alive now.</summary>
    public IReadOnlyList<ProcessStat> FindMembers() => Look().Members;

    /// <summary>The members that are alive now, and whether it is certain that there are no others.</summary>
    private (IReadOnlyList<ProcessStat> Members, bool IsConclusive) Look()
    {
        var all = ProcessTable.Read().Where(process => process.Pid != Environment.ProcessId && process.StartTicks >= StartTicks).ToList();

        // A process under the number of the leader that started at another time leads another session.
        var sessionIsOurs = SessionId > 0 && (ProcessStat.TryRead(SessionId) is not { } leader || leader.StartTicks == StartTicks);
        var members = new Dictionary<int, ProcessStat>();
        var isConclusive = true;
        foreach (var process in all)
        {
            var membership = sessionIsOurs && process.SessionId == SessionId ? Membership.Yes : MembershipOf(process);
            isConclusive &= membership != Membership.Unknown;
            if (membership == Membership.Yes)
            {
                members[process.Pid] = process;
            }
        }

        var grown = members.Count > 0;
        while (grown)
        {
            grown = false;
            foreach (var process in all)
            {
                grown |= members.ContainsKey(process.ParentPid) && members.TryAdd(process.Pid, process);
            }
        }

        return ([.. members.Values.Where(process => !process.IsDead)], isConclusive);
    }

    private static void KillAll(List<ProcessStat> members, HashSet<(int, long)> refused)
    {
        List<Fd> dying = [];
        foreach (var member in members)
        {
            if (Pidfd.TryOpen(member.Pid, member.StartTicks) is not { } process)
            {
                continue;
            }

            dying.Add(process);
            if (Pidfd.Send(process, Signal.Kill) == Errno.Eperm)
            {
                refused.Add((member.Pid, member.StartTicks));
                dying.Remove(process);
                process.Dispose();
            }
        }

        foreach (var process in dying)
        {
            using (process)
            {
                Poller.Wait([new PollEntry(process.Number, PollEntry.In)], PatienceMs);
            }
        }
    }

    /// <summary>What the environment of a process tells.</summary>
    private Membership MembershipOf(ProcessStat process)
    {
        if (Marks.Count == 0 || process.IsDead)
        {
            return Membership.No;
        }

        try
        {
            var environment = Read($"/proc/{process.Pid}/environ");
            if (environment.Length == 0)
            {
                return IsSettled(process) ? Membership.No : Membership.Unknown;
            }

            return Marks.All(mark => Contains(environment, mark)) ? Membership.Yes : Membership.No;
        }
        catch (LinuxException e) when (e.Errno == Errno.Esrch)
        {
            return Membership.Unknown;
        }
        catch (LinuxException)
        {
            // Somebody else's process: not one that could be killed.
            return Membership.No;
        }
    }

    /// <summary>Whether a process that shows no environment has none, rather than none yet (execve(2) at work) or none any more.</summary>
    private static bool IsSettled(ProcessStat process)
    {
        // A thread of the kernel has neither a session nor arguments.
        return process.SessionId == 0
            || (Read($"/proc/{process.Pid}/cmdline").Length > 0 && ProcessStat.TryRead(process.Pid) is { IsDead: false });
    }

    private static byte[] Read(string path)
    {
        using var file = Fd.TryOpenAt(null, path, OpenFlags.ReadOnly);
        return file is null ? [] : file.ReadAll(MaxEnvironmentBytes);
    }

    private static bool Contains(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> mark)
    {
        for (var from = 0; ;)
        {
            var at = environment[from..].IndexOf(mark);
            if (at < 0)
            {
                return false;
            }

            if (from + at == 0 || environment[from + at - 1] == 0)
            {
                return true;
            }

            from += at + 1;
        }
    }
}
