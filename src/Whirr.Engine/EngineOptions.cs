namespace Whirr.Engine;

/// <summary>What the engine is told at start.</summary>
public sealed record EngineOptions
{
    /// <summary>Name of this machine in attempts.</summary>
    public required string Node { get; init; }

    /// <summary>Absolute path of the directory of the database and of what running jobs need.</summary>
    public string StateDir { get; init; } = "/";

    /// <summary>Absolute path of the directory of run directories that have no place of their own.</summary>
    public string RunsDir { get; init; } = "/";
}
