using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Tells how much room there is on disks.</summary>
public interface IDiskSpace
{
    /// <summary>The file system of <paramref name="path"/>, or of the nearest directory above it that exists.</summary>
    /// <param name="user">Whose path it is: it is looked at with that user's rights. Null: a path of the daemon.</param>
    /// <param name="path">Absolute.</param>
    /// <returns>Null when it cannot be told. Does not complete for as long as the file system hangs.</returns>
    Task<DiskSpace?> MeasureAsync(JobOwner? user, string path);
}

/// <summary>Room on a file system.</summary>
/// <param name="FileSystem">Tells it from others.</param>
/// <param name="FreeBytes">What its users can still write.</param>
/// <param name="TotalBytes">Its size.</param>
public sealed record DiskSpace(ulong FileSystem, long FreeBytes, long TotalBytes);
