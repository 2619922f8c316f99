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
        if (await FindNewsAsync(notice, cancellation).ConfigureAwait(false) is not { } news)
        {
            return OfQueue(notice);
        }

        var word = NoticeRules.Format(notice.What.Event);
        var lines = excerpt.Read(news.Job, defaults().LogLines);
        var subject = $"whirr: {news.Sentence}";
        var json = NoticeJson.Write(notice, options.Node, SlackText.Of(subject, options.Node, lines), news, lines);
        return new NoticeMessage(notice.Id, word, notice.What.CreatedAt, news.Job, subject, Body(news, lines), json);
    }

    /// <summary>Puts several into one message: a line each.</summary>
    public async Task<NoticeMessage> ComposeAsync(IReadOnlyList<Notice> notices, CancellationToken cancellation)
    {
        List<(Notice Notice, JobNews? News)> all = [];
        foreach (var notice in notices)
        {
            all.Add((notice, await FindNewsAsync(notice, cancellation).ConfigureAwait(false)));
        }

        var kinds = notices.GroupBy(notice => notice.What.Event).OrderBy(kind => kind.Key).Select(kind => $"{kind.Count()} {NoticeRules.Format(kind.Key)}");
        var subject = $"whirr on {options.Node}: {notices.Count} notices ({string.Join(", ", kinds)})";
        var body = new StringBuilder($"{notices.Count} notices from {options.Node}:\n\n");
        List<string> sentences = [];
        foreach (var (notice, news) in all)
        {
            var sentence = news?.Sentence ?? PlainText.OneLine(notice.What.Text ?? $"job {notice.What.JobId}, which was removed since");
            sentences.Add(sentence);
            body.Append($"  {Local(notice.What.CreatedAt)}  {sentence}\n");
        }

        body.Append("\nType next:\n  whirrctl report      what happened, with the last lines of logs\n");
        var newest = notices[^1];
        var json = NoticeJson.WriteDigest(newest, options.Node, SlackText.Of(subject, options.Node, sentences), all);
        return new NoticeMessage(newest.Id, "digest", newest.What.CreatedAt, null, subject, body.ToString(), json);
    }

    private async Task<JobNews?> FindNewsAsync(Notice notice, CancellationToken cancellation)
    {
        var what = notice.What;
        if (what.JobId is not { } jobId || await jobs.FindAsync(jobId, cancellation).ConfigureAwait(false) is not { } job)
        {
            return null;
        }

        var events = await jobs.EventsAsync(jobId, what.Seq - 1, 1, cancellation).ConfigureAwait(false);
        return new JobNews(job, events is [var found] && found.Seq == what.Seq ? found : null, what.Event);
    }

    private NoticeMessage OfQueue(Notice notice)
    {
        var (what, word) = (notice.What, NoticeRules.Format(notice.What.Event));
        var text = PlainText.OneLine(what.Text ?? $"job {what.JobId} has news ({word}), but it was removed from the queue since", 500);
        var subject = what.Event == NoticeEvents.Trouble ? $"whirr: trouble on {options.Node}: {text}" : $"whirr on {options.Node}: {text}";
        var next = what.Event == NoticeEvents.Trouble ? "whirrctl doctor      what is wrong" : "whirrctl report      what happened";
        var body = $"{text}\n\n  Machine:    {options.Node}\n  When:       {Local(what.CreatedAt)}\n\nType next:\n  {next}\n";
        var json = NoticeJson.Write(notice, options.Node, SlackText.Of(subject, options.Node, []), null, []);
        return new NoticeMessage(notice.Id, word, what.CreatedAt, null, subject, body, json);
    }

    private string Body(JobNews news, IReadOnlyList<string> lines)
    {
        var (job, attempt) = (news.Job, news.Job.Attempt);
        var body = new StringBuilder($"J{news.Sentence[1..]}\n\n");
        body.Append(news.WholeAlert.Length > 0 ? $"{news.WholeAlert}\n\n" : "");
        Line("Owner", job.Owner.Name);
        Line("Machine", attempt?.Node ?? options.Node);
        Line("Command", PlainText.OneLine(string.Join(' ', job.Settings.CommandArgv), LongestCommand));
        Line("When", Local(news.Happened?.At ?? job.FinishedAt ?? job.CreatedAt));
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
