using Whirr.Daemon.Configuration;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;

namespace Whirr.Daemon.Hosting;

/// <summary>The daemon's own directory: the database and what live attempts need. Nobody else may look into it.</summary>
internal static class StateDirectory
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passage = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static string DatabaseOf(DaemonConfig config) => $"{DataOf(config)}/whirr.db";

    public static string AttemptsOf(DaemonConfig config) => $"{DataOf(config)}/attempts";

    /// <summary>Permission bits and owner of a file; null when it cannot be seen. It is not opened: a descriptor of the database that is closed
    /// would take SQLite's locks along (fcntl(2)).</summary>
    public static (uint Mode, uint Uid)? RightsOf(string path) => Paths.TryStat(null, path) is { } facts ? ((uint)facts.Mode & 0xFFF, facts.Uid) : null;

    /// <summary>Makes what is missing. In system mode users pass through the state directory to their runs, so what is private lies one deeper.</summary>
    /// <exception cref="IOException">It cannot be made or belongs to somebody else.</exception>
    public static void Prepare(DaemonConfig config)
    {
        try
        {
            Directory.CreateDirectory(config.StateDir, config.SystemMode ? Passage : Private);
            Directory.CreateDirectory(DataOf(config), Private);
            Directory.CreateDirectory(config.RunsDir, config.SystemMode ? Passage : Private);
            CheckOwner(config.StateDir);
            CheckOwner(DataOf(config));
            if (config.SystemMode)
            {
                CheckOwner(config.RunsDir);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the state directory {config.StateDir} or the runs directory {config.RunsDir} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>A directory that others may write or own is one that they may exchange for a link: the daemon must not work in it.</summary>
    private static void CheckOwner(string path)
    {
        const int OthersMayWrite = 0b000_010_010;
        if (Paths.TryStat(null, path) is not { } facts || !facts.IsDirectory || facts.Uid != CurrentProcess.EffectiveUid || (facts.Mode & OthersMayWrite) != 0)
        {
            throw new IOException($"{path} must be a directory (no link) of the user of the daemon that nobody else may write to");
        }
    }

    private static string DataOf(DaemonConfig config) => $"{config.StateDir}/daemon";
}
