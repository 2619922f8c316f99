namespace Whirr.Domain.Ports;

/// <summary>What a runner can enforce where it is: for each kind of limit why not, in a sentence; null when it can.</summary>
public sealed record RunnerAbilities
{
    public static readonly RunnerAbilities All = new();

    public string? NoMemoryLimit { get; init; }
    public string? NoCpuLimit { get; init; }
    public string? NoPidsLimit { get; init; }
}
