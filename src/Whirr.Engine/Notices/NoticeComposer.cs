using System.Globalization;
using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>Puts notices into words: what happened, to what, where, how it came, and what to type next.</summary>
public sealed class NoticeComposer(IJobStore jobs, LogExcerpt excerpt, EngineOptions options, Func<NoticeDefaults> defaults, TimeProvider time)
{
    private const int LabelWidth = 12;
    private const int LongestCommand = 200;

    /// <summary>Puts one into words. The words are about the event, even if the job has moved on since.</summary>
    public async Task<NoticeMessage> ComposeAsync(Notice notice, CancellationToken cancellation)
    {
        var what = notice.What;
        var word = NoticeRules.Format(what.Event);
        if (what.JobId is not { } jobId || await jobs.FindAsync(jobId, cancellation).ConfigureAwait(false) is not { } job)
        {
            return OfQueue(notice, word);
        }

        var events = await jobs.EventsAsync(jobId, what.Seq - 1, 1, cancellation).ConfigureAwait(false);
        var happened = events is [var found] && found.Seq == what.Seq ? found : null;
        var (verb, why) = (Verb(what.Event, happened, job), Why(happened, job));
        var lines = excerpt.Read(job, defaults().LogLines);
        var subject = $"whirr: job {job.Id} ({PlainText.OneLine(job.Settings.Name, 80)}) {verb}{(why.Length > 0 ? ": " : "")}{why}";
        var json = NoticeJson.Write(notice, word, options.Node, SlackText.Of(subject, options.Node, lines), job, happened, why, lines);
        return new NoticeMessage(notice.Id, word, what.CreatedAt, job, subject, Body(job, happened, verb, why, lines), json);
    }

    private NoticeMessage OfQueue(Notice notice, string word)
    {
        var what = notice.What;
        var text = PlainText.OneLine(what.Text ?? $"job {what.JobId} has news ({word}), but it was removed from the queue since", 500);
        var subject = what.Event == NoticeEvents.Trouble ? $"whirr: trouble on {options.Node}: {text}" : $"whirr on {options.Node}: {text}";
        var next = what.Event == NoticeEvents.Trouble ? "whirrctl doctor      what is wrong" : "whirrctl report      what happened";
        var body = $"{text}\n\n  Machine:    {options.Node}\n  When:       {Local(what.CreatedAt)}\n\nType next:\n  {next}\n";
        return new NoticeMessage(
            notice.Id, word, what.CreatedAt, null, subject, body, NoticeJson.Write(notice, word, options.Node, SlackText.Of(subject, options.Node, []), null, null, text, []));
    }

    private string Body(Job job, JobEvent? happened, string verb, string why, IReadOnlyList<string> lines)
    {
        var attempt = job.Attempt;
        var body = new StringBuilder($"Job {job.Id} ({PlainText.OneLine(job.Settings.Name, 80)}) {verb}{(why.Length > 0 ? ": " : "")}{why}\n\n");
        Line("Owner", job.Owner.Name);
        Line("Machine", attempt?.Node ?? options.Node);
        Line("Command", PlainText.OneLine(string.Join(' ', job.Settings.CommandArgv), LongestCommand));
        Line("When", Local(happened?.At ?? job.FinishedAt ?? job.CreatedAt));
        Line("Submitted", Local(job.CreatedAt));
        if (attempt?.StartedAt is { } started)
        {
            var end = attempt.FinishedAt ?? time.GetUtcNow();
            Line("Started", $"{Local(started)} ({(attempt.FinishedAt is null ? "runs for" : "ran")} {EndSentence.Words(end > started ? end - started : TimeSpan.Zero)})");
        }

        Line("Attempt", Attempts(job));
        Line("Run", PlainText.OneLine(attempt?.RunDir ?? "", 1000));
        if (lines.Count > 0)
        {
            body.Append("\nThe last lines of its log:\n");
            foreach (var line in lines)
            {
                body.Append($"  | {line}\n");
            }
        }

        body.Append($"\nType next:\n  whirrctl logs {job.Id}       all of its output\n  whirrctl status {job.Id}     all about it\n");
        if (job.State is JobState.Failed or JobState.Cancelled or JobState.Lost)
        {
            body.Append($"  whirrctl retry {job.Id}      run it again\n");
        }

        return body.ToString();

        void Line(string label, string value) => body.Append(value.Length > 0 ? $"  {(label + ":").PadRight(LabelWidth)}{value}\n" : "");
    }

    private static string Verb(NoticeEvents what, JobEvent? happened, Job job) => happened?.Trigger switch
    {
        JobTrigger.Completed => "completed",
        JobTrigger.Failed => "failed",
        JobTrigger.Lost => "was lost",
        JobTrigger.Cancelled => "was cancelled",
        JobTrigger.Stalled => "is stalled",
        JobTrigger.Retried => "failed and is run again",
        JobTrigger.Requeued => "was lost and is run again",
        _ => what == NoticeEvents.Stall ? "is stalled" : $"is {job.State.ToWord()}",
    };

    private static string Why(JobEvent? happened, Job job)
    {
        var (reason, detail) = happened is null ? (job.Reason, job.ReasonDetail) : (happened.Reason, happened.Detail);
        var sentence = PlainText.OneLine(detail ?? "");
        return (sentence.Length, reason) switch
        {
            (_, EndReason.None) => sentence,
            (0, _) => reason.ToWord(),
            _ => $"{sentence} ({reason.ToWord()})",
        };
    }

    private static string Attempts(Job job)
    {
        List<string> parts = [];
        if (job.Settings.Retry.Retries > 0)
        {
            parts.Add($"{job.RetriesUsed} of {job.Settings.Retry.Retries} retries used");
        }

        if (job.Losses > 0)
        {
            parts.Add($"{job.Losses} lost to the machine, of at most {job.Settings.MaxAttempts}");
        }

        var number = job.Attempt is null ? "none" : job.Attempt.Key.Number.ToString(CultureInfo.InvariantCulture);
        return parts.Count > 0 ? $"{number} ({string.Join("; ", parts)})" : number;
    }

    private string Local(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("ddd yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
