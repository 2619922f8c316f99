using Whirr.Domain.Jobs;
using Whirr.Keeper.RunDirectory;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Credentials;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.Keep;

/// <summary>Writes the end of an attempt into its run directory, as the job's user.</summary>
internal static class RunRecord
{
    /// <returns>Why that could not be done; null when it was.</returns>
    public static string? TryWriteEnd(LaunchSpec spec, ExitRecord record) =>
        TryPatch(spec.RunAs, spec.RunDir, RunMeta.AtEnd(EndOf(record)));

    /// <summary>Merges a patch into the record of a run.</summary>
    /// <returns>Why that could not be done; null when it was.</returns>
    public static string? TryPatch(RunIdentity? user, string runDir, ReadOnlySpan<byte> patch)
    {
        try
        {
            using var identity = user is null ? default : FileSystemIdentity.Assume(new UserCredentials(user.Uid, user.Gid, user.Groups));
            using var directory = Fd.TryOpenAt(null, runDir, OpenFlags.ReadOnly | OpenFlags.Directory);
            if (directory is null)
            {
                return $"the run directory {runDir} is gone";
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
            { Ran: false, Stage: StartStages.DiskFull } => (JobState.Lost, EndReason.DiskFull, record.Sentence),
            { Ran: false } => (JobState.Failed, EndReason.StartFailed, record.Sentence),
            { Signal: > 0 } => (JobState.Failed, EndReason.Signal, EndSentence.Signalled(record.Signal, record.CoreDumped)),
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
            Usage = new AttemptUsage(record.MaxRssBytes, TimeSpan.FromMicroseconds(record.CpuMicroseconds)),
        };
    }
}
