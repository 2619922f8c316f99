using Whirr.Domain.Jobs;

namespace Whirr.Engine.Notices;

/// <summary>What happened to a job, in words.</summary>
/// <param name="Job">The job as it is now.</param>
/// <param name="Happened">The event; null when it is not known any more.</param>
/// <param name="Event">As what it is told.</param>
internal sealed record JobNews(Job Job, JobEvent? Happened, NoticeEvents Event)
{
    private const int LongestName = 80;
    private const int LongestWhy = 300;

    /// <summary><c>job 7 (train.py) failed: the command exited with code 1 (exit_code)</c>.</summary>
    public string Sentence => $"job {Job.Id} ({PlainText.OneLine(Job.Settings.Name, LongestName)}) {Verb}{(Why.Length > 0 ? ": " : "")}{Why}";

    /// <summary>All that an alert says; empty where <see cref="Sentence"/> has it already.</summary>
    public string WholeAlert => Happened is { Trigger: JobTrigger.Alerted, Detail: { Length: > LongestWhy } alert } ? PlainText.OneLine(alert, int.MaxValue) : "";

    /// <summary>Who ended it or what is wrong, with the word of the reason; empty when there is nothing to explain.</summary>
    public string Why
    {
        get
        {
            var (reason, detail) = Happened is null ? (Job.Reason, Job.ReasonDetail) : (Happened.Reason, Happened.Detail);
            var sentence = PlainText.OneLine(detail ?? "", LongestWhy);
            return (sentence.Length, reason) switch
            {
                (_, EndReason.None) => sentence,
                (0, _) => reason.ToWord(),
                _ => $"{sentence} ({reason.ToWord()})",
            };
        }
    }

    private string Verb => Happened?.Trigger switch
    {
        JobTrigger.Completed => "completed",
        JobTrigger.Failed => "failed",
        JobTrigger.Lost => "was lost",
        JobTrigger.Cancelled => "was cancelled",
        JobTrigger.Stalled => "is stalled",
        JobTrigger.Alerted => "alerts",
        JobTrigger.Retried => "failed and is run again",
        JobTrigger.Requeued => "was lost and is run again",
        _ => Event switch
        {
            NoticeEvents.Stall => "is stalled",
            NoticeEvents.Alert => "alerts",
            _ => $"is {Job.State.ToWord()}",
        },
    };
}
