using Whirr.Domain.Jobs;
using Whirr.Keeper.RunDirectory;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Processes;
using Whirr.Runs;

namespace Whirr.Keeper.Keep;

/// <summary>Writes the end of an attempt into its run directory, as the job's user.</summary>
internal static class RunRecord
{
    /// <returns>Why that could not be done; null when it was.</returns>
    public static string? TryWriteEnd(LaunchSpec spec, ExitRecord record) =>
        TryPatch(spec.RunAs, spec.RunDir, RunMeta.AtEnd(EndOf(record)));

    /// <summary>Merges a patch into the record of a run.</summary>
    /// <remarks>Between start and end the user could put anything in the place of the run directory. So a link is not followed, and a
    /// directory of somebody else is left alone: where root's job ran in a user's project, that user may want root to write elsewhere.</remarks>
    /// <returns>Why that could not be done; null when it was.</returns>
    public static string? TryPatch(RunIdentity? user, string runDir, ReadOnlySpan<byte> patch)
    {
        try
        {
            using var identity = user is null ? default : FileSystemIdentity.Assume(new UserCredentials(user.Uid, user.Gid, user.Groups));
            using var directory = Fd.TryOpenAt(null, runDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            if (directory is null)
            {
                return $"the run directory {runDir} is gone";
            }

            if (directory.Stat().Uid != (user?.Uid ?? CurrentProcess.EffectiveUid))
            {
                return $"the run directory {runDir} belongs to another user now; {RunFiles.Meta} in it is left alone";
            }

            MetaFile.Patch(directory, patch);
            return null;
        }
        catch (LinuxException e)
        {
            return $"{RunFiles.Meta} in {runDir} does not tell the end: {e.Message}";
        }
    }

    private static RunEnd EndOf(ExitRecord record)
    {
        var (status, reason, detail) = record switch
        {
            { Cause: ExitCause.Cancel } => (JobState.Cancelled, EndReason.CancelledByUser, "cancelled"),
            { Cause: ExitCause.DaemonLoss } => (JobState.Lost, EndReason.LeaseExpired, EndSentence.DaemonLoss),
            { Cause: ExitCause.KeeperStopped } => (JobState.Lost, EndReason.KeeperDied, EndSentence.KeeperStopped),
            { Cause: ExitCause.TimeLimit } => (JobState.Failed, EndReason.TimeLimit, record.Detail),
            { Cause: ExitCause.MemoryLimit } => (JobState.Failed, EndReason.MemoryLimit, record.Detail),
            { Cause: ExitCause.Stalled } => (JobState.Failed, EndReason.Stalled, record.Detail),
            { Cause: ExitCause.NanMetric } => (JobState.Failed, EndReason.NanMetric, record.Detail),
            { Ran: false, Stage: StartStages.DiskFull } => (JobState.Lost, EndReason.DiskFull, record.Sentence),
            { Ran: false } => (JobState.Failed, EndReason.StartFailed, record.Sentence),
            { Signal: > 0 } => (JobState.Failed, EndReason.Signal, record.Detail ?? EndSentence.Signalled(record.Signal, record.CoreDumped)),
            { ExitCode: 0 } => (JobState.Completed, EndReason.None, null),
            _ => (JobState.Failed, EndReason.ExitCode, EndSentence.ExitedWith(record.ExitCode)),
        };
        return new RunEnd
        {
            Status = status,
            Reason = reason,
            ReasonDetail = detail,
            StartedAt = record.StartedAt,
            EndedAt = record.EndedAt,
            ExitCode = record.Ran ? record.ExitCode : null,
            Signal = record.Signal,
            Usage = new AttemptUsage(record.Use.MaxRssBytes, TimeSpan.FromMicroseconds(record.Use.CpuMicroseconds))
            {
                PeakTreeBytes = record.Use.PeakTreeBytes,
                ReadBytes = record.Use.ReadBytes,
                WrittenBytes = record.Use.WrittenBytes,
            },
        };
    }
}
