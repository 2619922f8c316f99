using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>Asks file systems how much room they have.</summary>
/// <remarks>Each question has a thread of its own: a network file system may hang for hours, and the identity of a user belongs to the thread.</remarks>
/// <param name="systemMode">True: the daemon is root and takes the identity of the user. False: it has only that of one user anyway.</param>
public sealed class DiskSpaces(bool systemMode) : IDiskSpace
{
    /// <inheritdoc/>
    public Task<DiskSpace?> MeasureAsync(JobOwner? user, string path) => Task.Factory.StartNew(
        () => Measure(user, path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private DiskSpace? Measure(JobOwner? user, string path)
    {
        try
        {
            using var identity = user is not null && systemMode
                ? FileSystemIdentity.Assume(new UserCredentials(user.Uid, user.Gid, user.Groups))
                : default;
            for (var place = path; place is not null; place = Path.GetDirectoryName(place))
            {
                using var directory = Fd.TryOpenAt(null, place, OpenFlags.Path | OpenFlags.Directory);
                if (directory is not null)
                {
                    // Through the descriptor: what is measured is what was opened with the user's rights.
                    var drive = new DriveInfo($"/proc/self/fd/{directory.Number}");
                    return new DiskSpace(directory.Stat().Device, drive.AvailableFreeSpace, drive.TotalSize);
                }
            }
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            // A place that its user cannot reach is found out by the start of a job there, which says more about it.
        }

        return null;
    }
}
