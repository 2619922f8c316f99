using Whirr.Domain.Jobs;

namespace Whirr.Runs;

/// <summary>What <c>meta.json</c> says, as far as it can be read. What is missing, or not of its type, is null.</summary>
public sealed record RunFacts
{
    /// <summary>No file, or none that can be read.</summary>
    public static readonly RunFacts None = new();

    public string? RunId { get; init; }
    public string? Name { get; init; }
    public JobState? Status { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public TimeSpan? Duration { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A JSON object.</summary>
    public string? SummaryJson { get; init; }

    public string? GitCommit { get; init; }
    public string? GitBranch { get; init; }
    public bool? GitDirty { get; init; }
    public string? GitRemote { get; init; }
    public string? Hostname { get; init; }
    public string? User { get; init; }
    public long? JobId { get; init; }
    public Guid? JobUid { get; init; }
    public int? Attempt { get; init; }
    public int? ExitCode { get; init; }
    public string? Reason { get; init; }
    public string? ReasonDetail { get; init; }
    public string? Note { get; init; }
    public int? Pid { get; init; }
    public string? BootId { get; init; }

    /// <summary>What is wrong with the file, in a sentence; null: nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>It names no end: the process may live.</summary>
    public bool IsUnended => Status is not { } status || !status.IsEnded();
}
