using Whirr.Domain.Jobs;
using Whirr.KeeperContract;

namespace Whirr.Runners.Process;

/// <summary>Exit records in the words of the queue.</summary>
internal static class EndingMap
{
    // Of what a keeper sends nothing is cut here.
    private const int LongestAlert = 2_300;

    /// <summary>How the attempt ended.</summary>
    /// <param name="record">What its keeper wrote.</param>
    /// <param name="ofThisBoot">Whether that keeper ran since the machine was started.</param>
    public static AttemptEnding ToEnding(ExitRecord record, bool ofThisBoot = true)
    {
        var by = record.Cause switch
        {
            ExitCause.Cancel => EndedBy.Cancel,
            ExitCause.DaemonLoss => EndedBy.DaemonLoss,
            ExitCause.KeeperStopped => ofThisBoot ? EndedBy.KeeperStopped : EndedBy.Shutdown,
            ExitCause.TimeLimit => EndedBy.TimeLimit,
            ExitCause.MemoryLimit => EndedBy.MemoryLimit,
            ExitCause.Stalled => EndedBy.Stalled,
            ExitCause.NanMetric => EndedBy.NanMetric,
            _ => EndedBy.Itself,
        };
        var sentence = record.Sentence ?? "the command could not be started";
        AttemptEnding ending = record switch
        {
            { Ran: true } => new AttemptEnding.Exited(record.ExitCode, record.Signal, by)
            {
                CoreDumped = record.CoreDumped,
                Detail = record.Detail,
                EndedAt = record.EndedAt,
            },
            { Stage: StartStages.DiskFull, Cause: ExitCause.Itself } =>
                new AttemptEnding.NotRun(EndReason.DiskFull, sentence) { EndedAt = record.EndedAt },
            _ => new AttemptEnding.StartFailed(sentence, by) { EndedAt = record.EndedAt },
        };
        return ending with
        {
            StartedAt = record.StartedAt,
            LogOffset = record.LogOffset,
            Alerts = [.. record.Alerts.Select(ToAlert)],
            Usage = ToUsage(record.Use),
        };
    }

    /// <summary>An alert in one line, as the package prints it: <c>error: loss diverged: it is 1e9</c>.</summary>
    public static AttemptAlert ToAlert(JobAlert alert)
    {
        var text = alert.Text.Length > 0 ? $": {alert.Text}" : "";
        return new AttemptAlert(alert.At, PlainText.OneLine($"{alert.Level}: {alert.Title}{text}", LongestAlert));
    }

    /// <summary>What was used, in the words of the queue.</summary>
    public static AttemptUsage ToUsage(ResourceUse use) => new(use.MaxRssBytes, TimeSpan.FromMicroseconds(use.CpuMicroseconds))
    {
        PeakTreeBytes = use.PeakTreeBytes,
        ReadBytes = use.ReadBytes,
        WrittenBytes = use.WrittenBytes,
    };
}
