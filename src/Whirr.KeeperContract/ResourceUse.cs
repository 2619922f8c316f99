namespace Whirr.KeeperContract;

/// <summary>What an attempt used; 0: not known.</summary>
public readonly record struct ResourceUse
{
    /// <summary>Largest resident set of any one process that was waited for, in bytes.</summary>
    public long MaxRssBytes { get; init; }

    /// <summary>Most memory of the whole tree at one time, caches included, in bytes.</summary>
    public long PeakTreeBytes { get; init; }

    /// <summary>User and system time of the tree, in microseconds.</summary>
    public long CpuMicroseconds { get; init; }

    /// <summary>Read from disks.</summary>
    public long ReadBytes { get; init; }

    /// <summary>Written to disks.</summary>
    public long WrittenBytes { get; init; }
}
