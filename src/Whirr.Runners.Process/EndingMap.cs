using Whirr.Domain.Jobs;
using Whirr.KeeperContract;

namespace Whirr.Runners.Process;

/// <summary>Exit records in the words of the queue.</summary>
internal static class EndingMap
{
    public static AttemptEnding ToEnding(ExitRecord record)
    {
        var by = record.Cause switch
        {
            ExitCause.Cancel => EndedBy.Cancel,
            ExitCause.DaemonLoss => EndedBy.DaemonLoss,
            ExitCause.KeeperStopped => EndedBy.KeeperStopped,
            _ => EndedBy.Itself,
        };
        var sentence = record.Sentence ?? "the command could not be started";
        AttemptEnding ending = record switch
        {
            { Ran: true } => new AttemptEnding.Exited(record.ExitCode, record.Signal, by) { CoreDumped = record.CoreDumped, EndedAt = record.EndedAt },
            { Stage: StartStages.DiskFull, Cause: ExitCause.Itself } =>
                new AttemptEnding.NotRun(EndReason.DiskFull, sentence) { EndedAt = record.EndedAt },
            _ => new AttemptEnding.StartFailed(sentence, by) { EndedAt = record.EndedAt },
        };
        return ending with
        {
            StartedAt = record.StartedAt,
            Usage = new AttemptUsage(record.MaxRssBytes, TimeSpan.FromMicroseconds(record.CpuMicroseconds)),
        };
    }
}
