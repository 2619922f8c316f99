using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Server.Jobs;

/// <summary>Limits that cannot be enforced on this machine: asked for, they are refused and not ignored.</summary>
internal static class LimitsHere
{
    /// <summary>Why these limits cannot be given; null when they can.</summary>
    public static string? FindObstacle(JobLimits limits, RunnerAbilities abilities)
    {
        var (name, why) = limits switch
        {
            { MemoryBytes: not null } when abilities.NoMemoryLimit is { } reason => ("memory", reason),
            { CpuMillis: not null } when abilities.NoCpuLimit is { } reason => ("cpus", reason),
            { Pids: not null } when abilities.NoPidsLimit is { } reason => ("pids", reason),
            _ => ("", ""),
        };
        return name.Length == 0 ? null : $"{name}: {why}; nothing was submitted: leave out --{name}, or mend that";
    }

    /// <summary>What cannot be limited here and why, a sentence each.</summary>
    public static IEnumerable<string> List(RunnerAbilities abilities) =>
        new (string Name, string? Why)[] { ("memory", abilities.NoMemoryLimit), ("cpus", abilities.NoCpuLimit), ("pids", abilities.NoPidsLimit) }
            .Where(limit => limit.Why is not null)
            .Select(limit => $"{limit.Name}: {limit.Why}");
}
