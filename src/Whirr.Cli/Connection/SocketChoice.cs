namespace Whirr.Cli.Connection;

/// <summary>Which socket to talk to, and why that one.</summary>
/// <param name="Path">The socket.</param>
/// <param name="Considered">All that were looked for, the chosen one last.</param>
internal sealed record SocketChoice(string Path, IReadOnlyList<string> Considered)
{
    /// <summary>Where a daemon for everybody listens.</summary>
    public const string SystemPath = "/run/whirr/whirr.sock";

    /// <summary><c>--socket</c>, else <c>$WHIRR_SOCKET</c>, else the user's daemon if its socket exists, else the system's.</summary>
    /// <param name="option">Value of <c>--socket</c>; null or empty when not given.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="exists">Tells whether there is a file of that name.</param>
    /// <param name="currentDirectory">What a relative path is relative to.</param>
    public static SocketChoice Choose(
        string? option,
        Func<string, string?> variable,
        Func<string, bool> exists,
        Func<string> currentDirectory)
    {
        if ((NotEmpty(option) ?? NotEmpty(variable("WHIRR_SOCKET"))) is { } named)
        {
            var path = System.IO.Path.IsPathRooted(named) ? named : System.IO.Path.GetFullPath(named, currentDirectory());
            return new(path, [path]);
        }

        if (UserPath(variable) is not { } own)
        {
            return new(SystemPath, [SystemPath]);
        }

        return exists(own) ? new(own, [own]) : new(SystemPath, [own, SystemPath]);
    }

    /// <summary>The longest path that fits in a socket address (unix(7): 108 bytes with the final NUL).</summary>
    public const int LongestPath = 107;

    /// <summary>Where the user's own daemon listens (XDG Base Directory Specification); null when there is not even a home.</summary>
    public static string? UserPath(Func<string, string?> variable)
    {
        if (NotEmpty(variable("XDG_RUNTIME_DIR")) is { } runtime)
        {
            return System.IO.Path.Combine(runtime, "whirr", "whirr.sock");
        }

        return NotEmpty(variable("HOME")) is { } home ? System.IO.Path.Combine(home, ".local/state/whirr/whirr.sock") : null;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
