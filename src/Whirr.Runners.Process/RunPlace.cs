using Whirr.Domain.Jobs;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>Where the run directories of jobs are.</summary>
internal sealed class RunPlace(ProcessRunnerOptions options)
{
    private const uint Shared = 0b111_101_101;
    private const uint OfUser = 0b111_000_000;

    /// <summary>The run directory of a job; it need not be there yet. All attempts have the same.</summary>
    public string DirectoryOf(Job job) => Path.Combine(job.Settings.RunsDir ?? DefaultOf(job.Owner), job.RunId);

    /// <summary>Makes sure that the owner of <paramref name="job"/> can make the run directory, where that is the daemon's to see to.</summary>
    /// <exception cref="Linux.LinuxException">It cannot be made.</exception>
    public void Prepare(Job job)
    {
        if (job.Settings.RunsDir is null && options.SystemMode)
        {
            // Every time: somebody may have tidied up since the last job.
            MakeFor(job.Owner);
        }
    }

    private string DefaultOf(JobOwner owner) =>
        options.SystemMode ? Path.Combine(options.DefaultRunsDir, $"{owner.Uid}") : options.DefaultRunsDir;

    private void MakeFor(JobOwner owner)
    {
        // Nobody but root can write to the directory above, so the name cannot be a link that somebody laid there.
        Paths.TryMakeDirectories(options.DefaultRunsDir, Shared);
        var path = DefaultOf(owner);
        Paths.TryMakeDirectory(null, path, OfUser);
        if (Paths.TryStat(null, path)?.Uid != owner.Uid)
        {
            Paths.ChangeOwner(null, path, owner.Uid, owner.Gid);
        }
    }
}
