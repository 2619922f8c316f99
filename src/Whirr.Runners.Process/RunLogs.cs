using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Runs;

namespace Whirr.Runners.Process;

/// <summary>Opens the logs of runs with the rights of their owners.</summary>
/// <remarks>
/// The path is the owner's to change, the daemon may be root. So the file is opened under the owner's identity (and only then), without
/// following a link in its place, without waiting for a pipe, and it must be a plain file of the owner's.
/// </remarks>
/// <param name="systemMode">True: the daemon is root and takes the identity of the owner. False: it has only that of one user anyway.</param>
public sealed class RunLogs(bool systemMode) : IRunLogs, IDisposable
{
    private readonly FileChanges _changes = new();

    /// <inheritdoc/>
    public IRunLog? Open(JobOwner owner, string runDir)
    {
        Fd? file = null;
        try
        {
            file = OpenAsOwner(owner, $"{runDir}/{RunFiles.Log}");
            return file is null ? null : new RunLog(file, _changes.Watch(file));
        }
        catch (LinuxException e) when (e.Errno is Errno.Eacces or Errno.Eperm or Errno.Eloop)
        {
            throw new UnauthorizedAccessException($"{owner.Name} may not read the log in {runDir}: {e.Message}", e);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public void Dispose() => _changes.Dispose();

    private Fd? OpenAsOwner(JobOwner owner, string path)
    {
        using var identity = systemMode ? FileSystemIdentity.Assume(new UserCredentials(owner.Uid, owner.Gid, owner.Groups)) : default;
        var file = Fd.TryOpenAt(null, path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (file?.Stat() is { } facts && !(facts.IsRegular && facts.Uid == owner.Uid))
        {
            file.Dispose();
            throw new UnauthorizedAccessException($"{path} is not a plain file of {owner.Name}");
        }

        return file;
    }
}
