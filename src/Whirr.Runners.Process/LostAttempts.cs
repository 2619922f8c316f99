using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Runs;

namespace Whirr.Runners.Process;

/// <summary>Finds out from the facts what became of an attempt that has no keeper to ask, and makes sure that nothing of it goes on.</summary>
/// <remarks>
/// The lock comes first: it proves that no keeper lives and keeps a late one from starting. Then the exit record decides. When there is
/// none, the tombstone is written while the lock is held, and what is left of the tree is killed before anybody is told.
/// </remarks>
internal sealed class LostAttempts(ProcessRunnerOptions options, LaunchSpecs specs, KeeperPrograms programs, ChildEnds children, BootMark boot)
{
    // A keeper that dies closes its connection a moment before its lock.
    private static readonly TimeSpan FirstLockRetry = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LastLockRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailureRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StampPatience = TimeSpan.FromSeconds(10);

    /// <summary>How the attempt ended. Completes when nothing of it runs or can start.</summary>
    /// <param name="job">The job, as it was when the attempt was claimed.</param>
    /// <param name="key">The attempt.</param>
    /// <param name="directory">Its directory.</param>
    /// <param name="held">Its lock; null: still to be taken. Let go when the examination is over.</param>
    public async Task<AttemptEnding> ExamineAsync(Job job, AttemptKey key, AttemptDirectory directory, Fd? held)
    {
        while (true)
        {
            try
            {
                using var proof = held ?? await LockAsync(directory).ConfigureAwait(false);
                held = null;
                return TryReadExit(key, directory) ?? await BuryAsync(job, key, directory).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                options.Warn(new AttemptWarning(key, $"what became of it cannot be found out: {e.Message}; trying again"));
                await Task.Delay(FailureRetry, options.Time).ConfigureAwait(false);
            }
        }
    }

    private async Task<Fd> LockAsync(AttemptDirectory directory)
    {
        for (var retry = FirstLockRetry; ; retry = retry + retry < LastLockRetry ? retry + retry : LastLockRetry)
        {
            if (directory.TryLock() is { } held)
            {
                return held;
            }

            await Task.Delay(retry, options.Time).ConfigureAwait(false);
        }
    }

    private AttemptEnding? TryReadExit(AttemptKey key, AttemptDirectory directory)
    {
        try
        {
            return directory.TryReadExit(key) is { } record ? EndingMap.ToEnding(record, OfThisBoot(directory)) : null;
        }
        catch (KeeperContractException e)
        {
            options.Warn(new AttemptWarning(key, $"its exit record is damaged ({e.Message}); taking it for lost"));
            return null;
        }
    }

    private static bool OfThisBoot(AttemptDirectory directory) => directory.TryReadFacts() is not { } facts || facts.BootId == Boot.Id;

    private async Task<AttemptEnding> BuryAsync(Job job, AttemptKey key, AttemptDirectory directory)
    {
        directory.WriteVoid();
        var facts = directory.TryReadFacts();
        var rebooted = facts is null ? !boot.IsOfThisBoot && job.Attempt?.ClaimedAt < Boot.Time() : facts.BootId != Boot.Id;
        var hunt = HuntFor(job, key, facts);
        if (!rebooted && NeverRan(job, directory, hunt))
        {
            hunt.Run();
            return new AttemptEnding.NotRun(EndReason.KeeperDied, $"its keeper died before it started the job{LastWords(directory)}")
            {
                EndedAt = options.Time.GetUtcNow(),
            };
        }

        if (!rebooted && hunt.Run() is > 0 and var left)
        {
            options.Warn(new AttemptWarning(key, $"{left} of its processes belong to another user and could not be killed"));
        }

        var vanished = new AttemptEnding.Vanished(rebooted ? EndReason.NodeRebooted : EndReason.KeeperDied, Explain(rebooted, facts, directory))
        {
            StartedAt = job.Attempt?.StartedAt,
            EndedAt = options.Time.GetUtcNow(),
        };
        await StampAsync(job, key, directory, vanished).ConfigureAwait(false);
        return vanished;
    }

    /// <summary>Whether it is proven that the command never ran: the keeper leaves its facts before it starts anything.</summary>
    /// <remarks>The rest is for the case that somebody removed the attempt directory under a living job.</remarks>
    private static bool NeverRan(Job job, AttemptDirectory directory, ProcessHunt hunt) =>
        !directory.HasFacts && job.State == JobState.Starting && job.Attempt?.StartedAt is null && hunt.FindMembers().Count == 0;

    private ProcessHunt HuntFor(Job job, AttemptKey key, KeeperFacts? facts)
    {
        var runDir = job.Attempt?.RunDir ?? specs.RunDirectoryOf(job);
        return new ProcessHunt
        {
            SessionId = facts?.CommandPid ?? 0,
            StartTicks = facts?.CommandStartTicks ?? 0,
            Cgroup = facts is not null ? facts.Cgroup
                : options.CgroupRoot is { } root ? $"{root}/{AttemptFiles.DirectoryName(key.JobId, key.Number)}" : null,
            Marks = [.. JobEnvironment.Identity(job, key.Number, runDir).Select(entry => JobEnvironment.Entry(entry.Name, entry.Value))],
        };
    }

    private static string Explain(bool rebooted, KeeperFacts? facts, AttemptDirectory directory)
    {
        if (rebooted)
        {
            return "the machine was restarted while the job was running";
        }

        // Without a cgroup a process can hide: only what is known may be claimed.
        var rest = facts?.Cgroup is null ? "what could be found of the job was killed" : "what was left of the job was killed";
        var keeper = facts is null ? "its keeper" : $"its keeper (process {facts.KeeperPid})";
        return $"{keeper} died without an exit record; {rest}{LastWords(directory)}";
    }

    private static string LastWords(AttemptDirectory directory) =>
        directory.ReadLogTail() is { Length: > 0 } tail ? $" (its last words: {tail})" : "";

    private async Task StampAsync(Job job, AttemptKey key, AttemptDirectory directory, AttemptEnding.Vanished vanished)
    {
        var patch = RunMeta.AtEnd(new RunEnd
        {
            Status = JobState.Lost,
            Reason = vanished.Reason,
            ReasonDetail = vanished.Sentence,
            StartedAt = vanished.StartedAt,
            EndedAt = vanished.EndedAt,
        });
        var stamp = programs.Stamp(directory, specs.ForStamp(job, key, patch));
        var ended = children.EndOf(stamp);
        try
        {
            await ended.WaitAsync(StampPatience, options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            stamp.Send(Signal.Kill);
            options.Warn(new AttemptWarning(key, "its run directory does not answer, so meta.json does not tell that it was lost"));
        }
    }
}
