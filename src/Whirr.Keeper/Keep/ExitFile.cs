using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep;

/// <summary>Writes <c>exit.json</c> so that it is there whole or not at all, and stays there after a power cut.</summary>
internal static class ExitFile
{
    private const string Temporary = "exit.json.new";
    private const uint Private = 0b110_000_000;

    /// <exception cref="Linux.LinuxException">E.g. ENOSPC.</exception>
    public static void Write(ExitRecord record)
    {
        using (var file = Fd.Open(Temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, Private))
        {
            file.WriteAll(ExitRecordFormat.Encode(record));
            file.SyncData();
        }

        Paths.Rename(null, Temporary, AttemptFiles.Exit);
        using var directory = Fd.Open(".", OpenFlags.ReadOnly | OpenFlags.Directory);
        directory.Sync();
    }
}
