using Whirr.Keeper.Exec;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Keep;

/// <summary>The step that becomes the job, on its way to that.</summary>
/// <param name="Pid">Its process, later the job's main process.</param>
/// <param name="Report">Where it reports (<see cref="StartReport"/>).</param>
/// <param name="Cgroup">The attempt's own cgroup; null for none.</param>
internal sealed record Launch(int Pid, Fd Report, CgroupLeaf? Cgroup)
{
    // Not a path: the file may have been replaced by another version since this keeper started.
    private const string OwnProgram = "/proc/self/exe";

    private const uint Private = 0b110_000_000;

    /// <summary>Starts it. To be called by the main thread: the job dies with the thread that started it.</summary>
    public static (LaunchSpec Spec, Launch Launch) Start(Fd specFile)
    {
        using var memory = MappedMemory.Map(specFile);

        // The large parts are for the step that becomes the job; here they would only hold memory for as long as the job runs.
        var spec = LaunchSpecFormat.Decode(memory.Memory) with { Arguments = default, Environment = default, Config = default, Meta = default };
        CurrentProcess.SetUmask(spec.RecordUmask);
        var cgroup = spec.CgroupRoot is { } root
            ? CgroupLeaf.Create($"{root}/{AttemptFiles.DirectoryName(spec.JobId, spec.Attempt)}")
            : null;
        var (reading, writing) = Pipe.Create();
        using (specFile)
        using (writing)
        using (var facts = Fd.Open(AttemptFiles.Facts, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, Private))
        {
            var ours = new KeeperFacts
            {
                BootId = Boot.Id,
                KeeperPid = CurrentProcess.Pid,
                KeeperStartTicks = ProcessStat.TryRead(CurrentProcess.Pid)?.StartTicks ?? 0,
                Cgroup = cgroup?.Path,
            };
            var pid = Announced(facts, ours, () => Spawn(cgroup, (writing, ExecCommand.ReportFd), (specFile, KeeperProtocol.SpecFd)));
            AddCommand(facts, ours, pid);
            LeaveDaemonsCgroup(spec);
            return (spec, new Launch(pid, reading, cgroup));
        }
    }

    /// <summary>Starts with the facts on file. Where they are missing the command was never started, and the attempt costs the job nothing.</summary>
    private static int Announced(Fd file, KeeperFacts facts, Func<int> spawn)
    {
        try
        {
            file.WriteAll(facts.Encode());
            return spawn();
        }
        catch (LinuxException)
        {
            Paths.Remove(null, AttemptFiles.Facts);
            throw;
        }
    }

    private static int Spawn(CgroupLeaf? cgroup, params IReadOnlyList<(Fd Ours, int Theirs)> descriptors)
    {
        SpawnRequest Request(string placement) => new()
        {
            Path = OwnProgram,
            Arguments = ["whirr-keeper", KeeperProtocol.ExecVerb, $"{CurrentProcess.Pid}", placement],
            Descriptors = descriptors,
            BlockSignals = true,
        };

        return cgroup is not null && CgroupSpawn.TrySpawn(Request(ExecCommand.Placed), cgroup) is { } pid
            ? pid
            : ChildProcess.Spawn(Request(ExecCommand.Unplaced));
    }

    /// <summary>Under systemd a keeper must not stay in the unit of the daemon that started it; the daemon has made a place then.</summary>
    private static void LeaveDaemonsCgroup(LaunchSpec spec)
    {
        if (spec.CgroupRoot is { } root && Paths.TryStat(null, $"{root}/{AttemptFiles.KeepersCgroup}") is not null)
        {
            CgroupLeaf.At($"{root}/{AttemptFiles.KeepersCgroup}").Enter();
        }
    }

    private static void AddCommand(Fd file, KeeperFacts facts, int pid)
    {
        try
        {
            // Over the first version, which is shorter by some digits: a full disk has the room already.
            var known = facts with { CommandPid = pid, CommandStartTicks = ProcessStat.TryRead(pid)?.StartTicks ?? 0 };
            file.WriteAllAt(0, known.Encode());
        }
        catch (LinuxException)
        {
            // Without it a job whose keeper is killed is looked for by its environment alone, which finds all but those that hide.
            return;
        }
    }
}
