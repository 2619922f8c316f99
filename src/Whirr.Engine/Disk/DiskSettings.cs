namespace Whirr.Engine.Disk;

/// <summary>What must stay free on disks.</summary>
/// <param name="MinFreeBytes">0: nothing is watched.</param>
public sealed record DiskSettings(long MinFreeBytes);
