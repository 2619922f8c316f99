using System.Text;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Keeper.Exec;

/// <summary><c>whirr-keeper exec</c>: makes this process what the job is to be, then becomes the job.</summary>
/// <remarks>
/// The order matters. What needs root comes first, then the user's identity, and only then anything that touches a path the user controls.
/// The tie to the keeper's life comes right after the identity: a change of credentials would cut it (prctl(2), PR_SET_PDEATHSIG).
/// All signals are blocked until just before execve, so that a cancellation in between is not lost.
/// </remarks>
internal static class ExecCommand
{
    /// <summary>The pipe to the keeper.</summary>
    public const int ReportFd = 3;

    /// <summary>Argument: this step was started inside the cgroup of the attempt.</summary>
    public const string Placed = "placed";

    /// <summary>Argument: it has to enter the cgroup itself, if there is to be one.</summary>
    public const string Unplaced = "unplaced";

    /// <summary>Exit code of this step when there is no job; the keeper goes by the report.</summary>
    private const int NotStarted = 127;

    public static int Run(int keeperPid, bool placed)
    {
        var report = new Fd(ReportFd);
        try
        {
            using var specFile = new Fd(KeeperProtocol.SpecFd);
            var spec = LaunchSpecFormat.Decode(MappedMemory.Map(specFile).Memory);
            Start(spec, keeperPid, placed, report);
        }
        catch (StartException e)
        {
            StartReport.WriteFailure(report, e.Failure);
        }
        catch (LinuxException e)
        {
            StartReport.WriteFailure(report, new StartFailure("launch", e.Errno, $"the job cannot be started: {e.Message}"));
        }
        catch (KeeperContractException e)
        {
            StartReport.WriteFailure(report, new StartFailure("launch", Errno.Einval, $"the job cannot be started: {e.Message}"));
        }

        return NotStarted;
    }

    private static void Start(LaunchSpec spec, int keeperPid, bool placed, Fd report)
    {
        CurrentProcess.StartSession();
        if (!placed)
        {
            Step("cgroup", "cannot enter its cgroup", () => EnterCgroup(spec));
        }

        Step("limits", "cannot set its limits", () => SetLimits(spec));
        var refused = CgroupLimits.TrySet(spec);
        CurrentProcess.SetUmask(spec.RecordUmask);
        Step("identity", "cannot become its user", () => BecomeUser(spec));
        CurrentProcess.DieWithParent(Signal.Kill);
        if (CurrentProcess.ParentPid != keeperPid)
        {
            throw new StartException("parent", Errno.Esrch, "the keeper of the job died while the job was being started");
        }

        var (log, facts) = RunDirectorySetup.Prepare(spec);
        try
        {
            if (refused is not null)
            {
                // Not before there is a log and a record that can tell it.
                throw refused;
            }

            EnterWorkdir(spec.Workdir);
            ConnectStandardStreams(log);
            CurrentProcess.CloseOnExecFrom(ReportFd);
            var command = Command.Find(spec);
            CurrentProcess.SetUmask(spec.Umask);
            if (command.IsThere)
            {
                // Not before: with little memory left a step could not even say that there is nothing to start.
                UserLimits.Set(spec);
            }

            StartReport.WriteExecuting(report, facts);
            CurrentProcess.ResetSignals();
            command.Execute();
        }
        catch (StartException e)
        {
            TryTell(log, e.Failure.Sentence);
            throw;
        }
    }

    /// <summary>`logs` should answer the question why there is no output.</summary>
    private static void TryTell(Fd log, string sentence)
    {
        try
        {
            log.WriteAll(Encoding.UTF8.GetBytes($"whirr: {sentence}\n"));
        }
        catch (LinuxException)
        {
            // The disk is full: the job's own end tells the same, and must not be replaced by this failure.
            return;
        }
    }

    private static void EnterCgroup(LaunchSpec spec)
    {
        if (spec.CgroupRoot is { } root)
        {
            CgroupLeaf.At($"{root}/{AttemptFiles.DirectoryName(spec.JobId, spec.Attempt)}").Enter();
        }
    }

    private static void SetLimits(LaunchSpec spec)
    {
        // Daemon and keeper may be protected. The job is what the kernel is to kill when it has taken all memory.
        CurrentProcess.GiveUpOomProtection();
        foreach (var limit in spec.Limits)
        {
            CurrentProcess.SetLimit(limit.Resource, limit.Soft, limit.Hard);
        }

        if (spec.Nice is { } nice)
        {
            CurrentProcess.SetNice(nice);
        }
    }

    private static void BecomeUser(LaunchSpec spec)
    {
        if (spec.RunAs is { } user)
        {
            new UserCredentials(user.Uid, user.Gid, user.Groups).Become();
        }
    }

    private static void EnterWorkdir(string workdir)
    {
        try
        {
            CurrentProcess.ChangeDirectory(workdir);
        }
        catch (LinuxException e)
        {
            throw new StartException("workdir", e.Errno, e.Errno switch
            {
                Errno.Enoent => $"working directory {workdir} does not exist",
                Errno.Enotdir => $"working directory {workdir} is not a directory",
                Errno.Eacces => $"working directory {workdir} may not be entered (permission denied)",
                _ => $"working directory {workdir} cannot be entered: {LinuxException.Describe(e.Errno)}",
            });
        }
    }

    private static void ConnectStandardStreams(Fd log)
    {
        using var nothing = Fd.Open("/dev/null", OpenFlags.ReadOnly);
        CurrentProcess.Redirect(nothing, 0);
        CurrentProcess.Redirect(log, 1);
        CurrentProcess.Redirect(log, 2);
    }

    private static void Step(string stage, string problem, Action action)
    {
        try
        {
            action();
        }
        catch (LinuxException e)
        {
            throw new StartException(stage, e.Errno, $"the job {problem}: {e.Message}");
        }
    }
}
