using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Domain.Runs;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Runners.Process;

/// <summary>An open directory of runs, used under the identity of their owner.</summary>
internal sealed class RunFolder(JobOwner owner, string root, Fd directory, string hostname, TimeProvider time)
{
    private const int MaxMetaBytes = 8 << 20;

    public string Root => root;

    /// <summary>Tells which runs are as they were.</summary>
    public RunStamps Stamps { get; } = new(directory, owner.Uid, time);

    /// <summary>Whether a run that names no end lives.</summary>
    public RunVerdict Decide(string name, string ranOn, bool isJob) => RunVerdict.Decide(SignOf(name), ranOn, isJob, hostname, time.GetUtcNow());

    /// <summary>Reads what the files of a run say.</summary>
    public FoundRun Read(string name, string stamp)
    {
        var facts = ReadPlain(name, RunFiles.Meta, MaxMetaBytes, out var problem) is { } meta ? RunMetaReader.Read(meta) : RunFacts.None with { Problem = problem };
        var config = ReadPlain(name, RunFiles.Config, RunConfigReader.MaxBytes, out var configProblem) is { } content
            ? RunConfigReader.Read(content, out configProblem)
            : null;
        RunVerdict? verdict = facts.IsUnended ? Decide(name, facts.Hostname ?? "", facts.JobUid is not null) : null;
        if (verdict is { State: JobState.Lost } && facts.JobUid is not null && RunStamps.IsFresh(stamp))
        {
            // The record of a job says that it runs a moment before its keeper has the lock.
            verdict = new RunVerdict(JobState.Running, "");
        }

        return new FoundRun(RunEntries.Compose(owner, root, name, facts, config, configProblem, verdict), stamp, facts.IsUnended);
    }

    /// <summary>The content of a file; null when there is none, or it must not or cannot be read, which is then said.</summary>
    private byte[]? ReadPlain(string name, string file, int maxBytes, out string? problem)
    {
        problem = null;
        try
        {
            using var opened = Fd.TryOpenBeneath(directory, $"{name}/{file}", OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            if (opened is null)
            {
                return null;
            }

            var facts = opened.Stat();
            problem = !facts.IsRegular || facts.Uid != owner.Uid ? $"{file} is not a plain file of {owner.Name}"
                : facts.Size > maxBytes ? $"{file} is larger than {maxBytes >> 20} MiB, and left out here"
                : null;
            return problem is null ? opened.ReadAll(maxBytes) : null;
        }
        catch (LinuxException e)
        {
            problem = e.Errno == Errno.Eloop ? $"{file} is a link, which is not followed" : $"{file} cannot be read: {LinuxException.Describe(e.Errno)}";
            return null;
        }
    }

    private RunSign SignOf(string name)
    {
        try
        {
            using var file = Fd.TryOpenBeneath(directory, $"{name}/{RunFiles.Lock}", OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            return file?.Stat() is { IsRegular: true } facts && facts.Uid == owner.Uid ? new RunSign(IsHeld(file, facts), ModifiedAt(facts)) : default;
        }
        catch (LinuxException)
        {
            return default;
        }
    }

    private bool IsHeld(Fd file, FileFacts facts)
    {
        try
        {
            return RecordLock.IsHeld(file);
        }
        catch (LinuxException)
        {
            // A file system without locks: what remains is that the process touches the file.
            return time.GetUtcNow() - ModifiedAt(facts) <= RunVerdict.ForeignSilence;
        }
    }

    // Whoever owns a file may give it any time, also one that no calendar here has.
    internal static DateTimeOffset ModifiedAt(FileFacts facts) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(facts.ModifiedSeconds, 0, 253_402_300_799)).AddTicks(facts.ModifiedNanoseconds / 100);
}
