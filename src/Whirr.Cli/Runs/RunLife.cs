using Whirr.Domain.Runs;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Machine;
using Whirr.Protocol.V1;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>Whether a run whose record names no end lives, asked of the kernel without a daemon.</summary>
internal static class RunLife
{
    /// <summary>Adds to what the files of a run say whether it lives, by the lock in its directory.</summary>
    public static Run Judge(Run run, DateTimeOffset now)
    {
        var isUnreadable = run.State == JobState.Unspecified && run.Problem.Length > 0;
        if (!isUnreadable && run.State is not (JobState.Completed or JobState.Failed or JobState.Cancelled or JobState.Lost))
        {
            var (state, detail) = RunVerdict.Decide(SignOf(run.RunDir, now), run.Hostname, run.JobId > 0, HostName.Full(), now);
            run.State = (JobState)state;
            run.ReasonDetail = detail.Length > 0 ? detail : run.ReasonDetail;
        }

        return run;
    }

    private static RunSign SignOf(string runDir, DateTimeOffset now)
    {
        try
        {
            using var directory = Fd.TryOpenAt(null, runDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NonBlocking);
            using var file = directory is null ? null : Fd.TryOpenBeneath(directory, RunFiles.Lock, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            if (file?.Stat() is not { IsRegular: true } facts)
            {
                return default;
            }

            var touchedAt = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(facts.ModifiedSeconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
            return new RunSign(IsHeld(file) ?? now - touchedAt <= RunVerdict.ForeignSilence, touchedAt);
        }
        catch (LinuxException)
        {
            return default;
        }
    }

    /// <summary>Null: the file system has no locks, and what remains is that the process touches the file.</summary>
    private static bool? IsHeld(Fd file)
    {
        try
        {
            return RecordLock.IsHeld(file);
        }
        catch (LinuxException)
        {
            return null;
        }
    }
}
