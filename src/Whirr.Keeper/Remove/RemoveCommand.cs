using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Runs;

namespace Whirr.Keeper.Remove;

/// <summary><c>whirr-keeper remove JOB-UID [--measure]</c>: removes the run directory of an ended job, as its user.</summary>
/// <remarks>
/// A program of its own for the reasons that <see cref="Stamp.StampCommand"/> is one. The directory must still be that of the job: its meta.json names
/// the job's UUID. That file goes last, so that a removal that was cut short can be gone on with.
/// </remarks>
internal static class RemoveCommand
{
    private const int MaxMetaBytes = 8 << 20;

    public static int Run(string jobUid, bool measureOnly)
    {
        using var report = new Fd(KeeperProtocol.DaemonSocketFd);
        using var specFile = new Fd(KeeperProtocol.SpecFd);
        using var memory = MappedMemory.Map(specFile);
        var spec = LaunchSpecFormat.Decode(memory.Memory);
        report.WriteAll(Remove(spec, jobUid, measureOnly).Encode());
        return 0;
    }

    private static RemovalReport Remove(LaunchSpec spec, string jobUid, bool measureOnly)
    {
        var report = new RemovalReport(false, 0, null);
        try
        {
            var user = spec.RunAs;
            using var identity = user is null ? default : FileSystemIdentity.Assume(new UserCredentials(user.Uid, user.Gid, user.Groups));
            using var directory = Fd.TryOpenAt(null, spec.RunDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            if (directory is null)
            {
                return report;
            }

            if (Refusal(directory, user?.Uid ?? CurrentProcess.EffectiveUid, jobUid) is { } refusal)
            {
                return report with { Problem = $"{spec.RunDir} is left alone: {refusal}" };
            }

            report = new RemovalReport(true, DirectoryTree.Measure(directory), null);
            if (!measureOnly)
            {
                DirectoryTree.Empty(directory, "meta.json"u8);
                Paths.Remove(directory, RunFiles.Meta);
                Paths.RemoveDirectory(null, spec.RunDir);
            }

            return report;
        }
        catch (LinuxException e)
        {
            return report with { Problem = $"{spec.RunDir} is not removed: {e.Message}" };
        }
    }

    private static string? Refusal(Fd directory, uint uid, string jobUid)
    {
        if (directory.Stat().Uid != uid)
        {
            return "it belongs to another user now";
        }

        using var meta = Fd.TryOpenAt(directory, RunFiles.Meta, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (meta is null || !meta.Stat().IsRegular)
        {
            return $"there is no {RunFiles.Meta} in it that tells whose it is";
        }

        return RunMeta.JobUidOf(meta.ReadAll(MaxMetaBytes)) == jobUid ? null : $"its {RunFiles.Meta} does not name this job";
    }
}
