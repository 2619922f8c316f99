namespace Whirr.Daemon.Hosting;

/// <summary>Finds programs of the machine that whirr can use but does not need.</summary>
internal static class ProgramSearch
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Where it is not said: systemd gives a service no more either.
    private const string UsualPlaces = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";

    /// <summary>The first executable file of that name in absolute directories of <paramref name="path"/>; null when there is none.</summary>
    public static string? Find(string name, string? path) => (string.IsNullOrEmpty(path) ? UsualPlaces : path)
        .Split(':')
        .Where(directory => directory.StartsWith('/'))
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(file => File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0);
}
