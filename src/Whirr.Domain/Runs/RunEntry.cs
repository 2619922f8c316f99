using Whirr.Domain.Jobs;

namespace Whirr.Domain.Runs;

/// <summary>What the records of a run say, and what became of it.</summary>
public sealed record RunEntry
{
    /// <summary>Name of the run directory: <c>job-42</c>, <c>local-20260131-235959-a1b2c3</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>The directory of runs that it is in; absolute.</summary>
    public required string Root { get; init; }

    public required uint OwnerUid { get; init; }

    /// <summary>Login name of the owner of the run directory.</summary>
    public required string Owner { get; init; }

    /// <summary>0: not a job.</summary>
    public long JobId { get; init; }

    /// <summary>The same for every daemon; null: not a job.</summary>
    public Guid? JobUid { get; init; }

    public required string Name { get; init; }

    /// <summary>For a job of this daemon what the queue says; else what its records say, or what <see cref="RunVerdict"/> makes of them.</summary>
    public required JobState State { get; init; }

    /// <summary>The word of an <see cref="EndReason"/>, as whoever wrote it knew them; empty: none.</summary>
    public string Reason { get; init; } = "";

    public string ReasonDetail { get; init; } = "";
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null while it runs, and where nobody knows.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A JSON object; null: none.</summary>
    public string? ConfigJson { get; init; }

    /// <summary>A JSON object; null: none.</summary>
    public string? SummaryJson { get; init; }

    /// <summary>Name of the machine that it ran on; empty: not known.</summary>
    public string Hostname { get; init; } = "";

    public int? ExitCode { get; init; }

    /// <summary>From 1; 0: not known.</summary>
    public int Attempt { get; init; }

    public string Note { get; init; } = "";

    /// <summary>Empty: not known.</summary>
    public string GitCommit { get; init; } = "";

    public bool GitDirty { get; init; }

    /// <summary>What is wrong with its records, in a sentence; empty: nothing.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Absolute path of the run directory.</summary>
    public string RunDir => $"{(Root == "/" ? "" : Root)}/{RunId}";

    /// <summary>From start to end; null unless both are known.</summary>
    public TimeSpan? Duration => FinishedAt - StartedAt;
}
