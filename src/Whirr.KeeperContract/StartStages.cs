namespace Whirr.KeeperContract;

/// <summary>Values of <see cref="ExitRecord.Stage"/> that a daemon decides by; the others are for people.</summary>
public static class StartStages
{
    /// <summary>There was no room for the run directory, its files or its log, or they may not be written at all (ENOSPC, EDQUOT, EROFS):
    /// the machine's trouble and none of the command's, which never ran.</summary>
    public const string DiskFull = "disk_full";
}
