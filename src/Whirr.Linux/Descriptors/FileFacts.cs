namespace Whirr.Linux.Descriptors;

/// <summary>What statx(2) says about a file.</summary>
/// <param name="Uid">Owner.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Inode">Number within its file system.</param>
/// <param name="Allocated">Bytes on disk: less than the size where there are holes, more where room was reserved.</param>
public readonly record struct FileFacts(uint Uid, int Mode, long Size, ulong Inode, long Allocated)
{
    /// <summary>Tells its file system from others.</summary>
    public ulong Device { get; init; }

    /// <summary>When its content was last changed, in seconds since 1970 UTC.</summary>
    public long ModifiedSeconds { get; init; }

    /// <summary>The part of that second; 0..999999999.</summary>
    public uint ModifiedNanoseconds { get; init; }

    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    public bool IsSocket => (Mode & 0xF000) == 0xC000;

    public bool IsDirectory => (Mode & 0xF000) == 0x4000;
}
