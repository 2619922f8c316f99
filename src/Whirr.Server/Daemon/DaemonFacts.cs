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
}
