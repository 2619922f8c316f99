using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Keeper.RunDirectory;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.Exec;

/// <summary>Makes the run directory, or finds it as the attempt before left it. Runs as the job's user.</summary>
internal static class RunDirectorySetup
{
    private const uint DirectoryMode = 0b111_111_111;
    private const uint FileMode = 0b110_110_110;

    /// <summary>Returns the log, open for appending, and what was there before.</summary>
    /// <exception cref="StartException">The user may not, or the disk is full.</exception>
    public static (Fd Log, StartFacts Facts) Prepare(LaunchSpec spec)
    {
        try
        {
            MakeDirectory(spec);
            using var directory = Fd.Open(spec.RunDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            Paths.TryMakeDirectory(directory, RunFiles.Artifacts, DirectoryMode);
            Paths.TryMakeDirectory(directory, RunFiles.Checkpoints, DirectoryMode);
            WriteConfig(spec, directory);
            MetaFile.Patch(directory, spec.Meta.Span);
            return OpenLog(spec, directory);
        }
        catch (LinuxException e)
        {
            var stage = e.Errno is Errno.Enospc or Errno.Edquot or Errno.Erofs ? StartStages.DiskFull : "run_dir";
            throw new StartException(
                stage, e.Errno, $"run directory {spec.RunDir} cannot be made: {e.Message}; whirr keeps the output and the record of the job there");
        }
    }

    private static void MakeDirectory(LaunchSpec spec)
    {
        if (Paths.TryMakeDirectories(spec.RunDir, DirectoryMode) || spec.Attempt > 1)
        {
            return;
        }

        // The first attempt of a job has no directory yet. One that is there is of an earlier queue that counted from 1 as well: keep it.
        var time = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", null);
        Paths.Rename(null, spec.RunDir, $"{spec.RunDir}.before-{time}");
        Paths.TryMakeDirectory(null, spec.RunDir, DirectoryMode);
    }

    private static void WriteConfig(LaunchSpec spec, Fd directory)
    {
        if (spec.Attempt > 1 && Paths.TryStat(directory, RunFiles.Config) is not null)
        {
            return;
        }

        using var file = Fd.OpenAt(
            directory, RunFiles.Config, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, FileMode);
        file.WriteAll(spec.Config.Span);
    }

    private static (Fd Log, StartFacts Facts) OpenLog(LaunchSpec spec, Fd directory)
    {
        var log = Fd.OpenAt(
            directory,
            RunFiles.Log,
            OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow | OpenFlags.NonBlocking,
            FileMode);
        var facts = log.Stat();
        if (!facts.IsRegular)
        {
            throw new LinuxException($"{RunFiles.Log} is not a file", Errno.Einval);
        }

        if (spec.Attempt > 1)
        {
            log.WriteAll(Encoding.UTF8.GetBytes(Separator(spec, EndsInLine(log, facts.Size))));
        }

        return (log, new StartFacts(facts.Size, facts.Inode, SizeOf(RunFiles.Metrics), SizeOf(RunFiles.Alerts)));

        long SizeOf(string name) => Paths.TryStat(directory, name)?.Size ?? 0;
    }

    private static string Separator(LaunchSpec spec, bool atLineStart)
    {
        var started = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        return $"{(atLineStart ? "" : "\n")}──── whirr: attempt {spec.Attempt} of {Job.RunIdOf(spec.JobId)}, started {started} ────\n";
    }

    private static bool EndsInLine(Fd log, long size)
    {
        Span<byte> last = stackalloc byte[1];
        return size == 0 || (log.ReadAt(size - 1, last) == 1 && last[0] == '\n');
    }
}
