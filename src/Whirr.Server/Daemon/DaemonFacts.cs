namespace Whirr.Server.Daemon;

/// <summary>What this daemon is, as far as it does not change while it runs.</summary>
public sealed record DaemonFacts
{
    public required string Version { get; init; }
    public required string Mode { get; init; }
    public required int Pid { get; init; }

    /// <summary>The user that the daemon runs as.</summary>
    public required uint Uid { get; init; }
    public required string Hostname { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required string Socket { get; init; }
    public required string StateDir { get; init; }
    public required string RunsDir { get; init; }
    public required string ConfigFile { get; init; }
    public required string Containment { get; init; }
    public required string ContainmentDetail { get; init; }

    /// <summary>Directory of the control groups of jobs; empty: none.</summary>
    public required string Cgroup { get; init; }

    /// <summary>The database file.</summary>
    public required string Database { get; init; }

    /// <summary>SQLite's journal mode.</summary>
    public required string JournalMode { get; init; }

    /// <summary>Permission bits and owner of the database file as they are now; null when it cannot be seen.</summary>
    public required Func<(uint Mode, uint Uid)?> DatabaseRights { get; init; }
}
