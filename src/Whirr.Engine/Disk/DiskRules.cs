using Whirr.Domain.Ports;

namespace Whirr.Engine.Disk;

/// <summary>How full a disk is.</summary>
public enum DiskLevel
{
    Enough,

    /// <summary>Less than twice what must stay free: people are warned.</summary>
    Warn,

    /// <summary>Less than what must stay free: nothing new is started there, and logs give way.</summary>
    Low,
}

/// <summary>Decides how full is full.</summary>
public static class DiskRules
{
    // On a small disk what is sensible for a large one would be most of it.
    private const long SmallDisk = 20L << 30;
    private const int SmallDiskParts = 20;

    /// <summary>What must stay free on a disk, bytes.</summary>
    /// <param name="minFree">What is configured; 0: nothing.</param>
    /// <param name="total">The size of the disk.</param>
    public static long Threshold(long minFree, long total) => total < SmallDisk ? Math.Min(minFree, total / SmallDiskParts) : minFree;

    /// <summary>How full it is. It stays low until a tenth more than the threshold is free, so that it does not go to and fro.</summary>
    public static DiskLevel Decide(DiskSpace space, long minFree, DiskLevel before)
    {
        var threshold = Threshold(minFree, space.TotalBytes);
        if (space.FreeBytes < threshold || (before == DiskLevel.Low && space.FreeBytes < threshold + (threshold / 10)))
        {
            return DiskLevel.Low;
        }

        return space.FreeBytes < 2 * threshold ? DiskLevel.Warn : DiskLevel.Enough;
    }
}
