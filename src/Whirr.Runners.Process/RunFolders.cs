using System.Globalization;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>Looks into directories of runs with the rights of the owners of the runs.</summary>
/// <remarks>
/// All that is in such a directory is the owner's to change, at any moment, and the daemon may be root. So everything is done under the
/// owner's identity and relative to the open directory, no link below it is followed, nothing waits for a pipe, only plain files of the
/// owner's are read, and not more of them than fits. The stamp of a file is taken before it is read: what changes in between is read again.
/// </remarks>
/// <param name="systemMode">True: the daemon is root and takes the identity of the owner. False: it has only that of one user anyway.</param>
/// <param name="defaultRunsDir">Absolute path; in system mode each user has a directory in it, named by the user id.</param>
/// <param name="hostname">This machine, with its domain if it has one.</param>
/// <param name="time">The clock.</param>
public sealed class RunFolders(bool systemMode, string defaultRunsDir, string hostname, TimeProvider time) : IRunFiles
{
    /// <summary>More are not looked at.</summary>
    public const int MaxRuns = 100_000;

    private const uint Nogroup = 65_534;

    /// <inheritdoc/>
    public string DefaultRootOf(JobOwner owner) => systemMode ? $"{defaultRunsDir}/{owner.Uid}" : defaultRunsDir;

    /// <inheritdoc/>
    public IReadOnlyList<JobOwner> OwnersHere() => systemMode && Directory.Exists(defaultRunsDir)
        ? [.. Directory.EnumerateDirectories(defaultRunsDir).Select(Path.GetFileName).Select(FindOwner).OfType<JobOwner>()]
        : [];

    /// <inheritdoc/>
    public string? Resolve(JobOwner owner, string root)
    {
        using var identity = AssumeOwner(owner);
        using var directory = Fd.TryOpenAt(null, root, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NonBlocking);
        return directory is null ? null : File.ResolveLinkTarget($"/proc/self/fd/{directory.Number}", returnFinalTarget: false)!.FullName;
    }

    /// <inheritdoc/>
    public RunScan Scan(
        JobOwner owner, string root, IReadOnlyList<KnownRun> known, Action<IReadOnlyList<FoundRun>> found, CancellationToken cancellation)
    {
        try
        {
            using var identity = AssumeOwner(owner);
            using var directory = Fd.TryOpenAt(null, root, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NonBlocking);
            if (directory is null)
            {
                return new RunScan([.. known.Select(run => run.RunId)], []);
            }

            var walk = new RunWalk(new RunFolder(owner, root, directory, hostname, time), known, found);
            walk.Run(DirectoryEntries.Names(directory, MaxRuns + 1), cancellation);
            return new RunScan(walk.Gone, walk.Problems);
        }
        catch (LinuxException e)
        {
            return new RunScan([], [$"the runs in {root} cannot be looked at: {e.Message}"]);
        }
    }

    private FileSystemIdentity AssumeOwner(JobOwner owner) =>
        systemMode ? FileSystemIdentity.Assume(new UserCredentials(owner.Uid, owner.Gid, owner.Groups)) : default;

    private static JobOwner? FindOwner(string? name) => uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
        ? new JobOwner(uid, Nogroup, [], UserAccount.Find(uid)?.Name ?? name)
        : null;
}
