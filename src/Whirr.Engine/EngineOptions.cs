namespace Whirr.Engine;

/// <summary>What the engine is told at start.</summary>
public sealed record EngineOptions
{
    /// <summary>Name of this machine in attempts.</summary>
    public required string Node { get; init; }
}
