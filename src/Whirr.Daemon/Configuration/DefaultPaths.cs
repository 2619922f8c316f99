namespace Whirr.Daemon.Configuration;

/// <summary>Where things are when nobody says otherwise (FHS for the system daemon, the XDG base directories for a user's).</summary>
internal sealed record DefaultPaths(string ConfigFile, string Socket, string StateDir, string RunsDir)
{
    public static DefaultPaths System { get; } = new("/etc/whirr/whirrd.yaml", "/run/whirr/whirr.sock", "/var/lib/whirr", "/var/lib/whirr/runs");

    /// <exception cref="FormatException">There is no home directory to put them in.</exception>
    public static DefaultPaths ForUser(Func<string, string?> variable)
    {
        var home = Absolute(variable("HOME")) ?? throw new FormatException("HOME is not set to an absolute path; set it, or name --state-dir, --runs-dir and --socket");
        var config = Absolute(variable("XDG_CONFIG_HOME")) ?? $"{home}/.config";
        var state = Absolute(variable("XDG_STATE_HOME")) ?? $"{home}/.local/state";
        var data = Absolute(variable("XDG_DATA_HOME")) ?? $"{home}/.local/share";
        var runtime = Absolute(variable("XDG_RUNTIME_DIR")) ?? state;
        return new($"{config}/whirr/whirrd.yaml", $"{runtime}/whirr/whirr.sock", $"{state}/whirr", $"{data}/whirr/runs");
    }

    private static string? Absolute(string? path) => path is ['/', ..] ? path.TrimEnd('/') : null;
}
