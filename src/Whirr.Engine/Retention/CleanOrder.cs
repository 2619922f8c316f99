using Whirr.Domain.Ports;

namespace Whirr.Engine.Retention;

/// <summary>Which ended jobs are to go, and what of them.</summary>
public sealed record CleanOrder
{
    public EndedFilter Filter { get; init; } = new();

    /// <summary>Only these of them; empty: all.</summary>
    public IReadOnlySet<long> Ids { get; init; } = new HashSet<long>();

    /// <summary>Also remove the run directories. Otherwise only the queue forgets the jobs.</summary>
    public bool RemoveRuns { get; init; }

    /// <summary>Only say what would be removed.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What was, or would be, removed.</summary>
/// <param name="JobIds">Jobs.</param>
/// <param name="RunDirectories">How many run directories.</param>
/// <param name="Bytes">Space that they took.</param>
/// <param name="Problems">What could not be removed and why, a sentence each; at most <see cref="MaxProblems"/>.</param>
public sealed record CleanResult(IReadOnlyList<long> JobIds, long RunDirectories, long Bytes, IReadOnlyList<string> Problems)
{
    public const int MaxProblems = 100;
}
