using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;

namespace Whirr.Runs;

/// <summary>Puts together what the files of a run say.</summary>
public static class RunEntries
{
    /// <summary>The entry of a run.</summary>
    /// <param name="owner">Whose directory it is.</param>
    /// <param name="root">The directory of runs.</param>
    /// <param name="runId">Name of the run directory.</param>
    /// <param name="facts">What meta.json says.</param>
    /// <param name="config">What config.json says; null: nothing.</param>
    /// <param name="configProblem">What is wrong with it; null: nothing.</param>
    /// <param name="verdict">Whether it lives, where its records name no end.</param>
    public static RunEntry Compose(
        JobOwner owner, string root, string runId, RunFacts facts, string? config, string? configProblem, RunVerdict? verdict) => new()
        {
            RunId = runId,
            Root = root,
            OwnerUid = owner.Uid,
            Owner = owner.Name,
            JobId = facts.JobId ?? 0,
            JobUid = facts.JobUid,
            Name = string.IsNullOrEmpty(facts.Name) ? runId : facts.Name,
            State = verdict?.State ?? facts.Status ?? JobState.Lost,
            Reason = facts.Reason ?? "",
            ReasonDetail = verdict is { Detail.Length: > 0 } known ? known.Detail : facts.ReasonDetail ?? "",
            StartedAt = facts.StartedAt,
            FinishedAt = facts.FinishedAt ?? EndByDuration(facts),
            Tags = facts.Tags,
            ConfigJson = config,
            SummaryJson = facts.SummaryJson,
            Hostname = facts.Hostname ?? "",
            ExitCode = facts.ExitCode,
            Attempt = facts.Attempt ?? 0,
            Note = facts.Note ?? "",
            GitCommit = facts.GitCommit ?? "",
            GitDirty = facts.GitDirty ?? false,
            Problem = facts.Problem ?? configProblem
                ?? (facts.RunId is { } told && told != runId ? $"meta.json is that of {told}: the directory was copied or renamed" : ""),
        };

    private static DateTimeOffset? EndByDuration(RunFacts facts) =>
        !facts.IsUnended && facts is { StartedAt: { } start, Duration: { } duration } && duration < DateTimeOffset.MaxValue - start ? start + duration : null;
}
