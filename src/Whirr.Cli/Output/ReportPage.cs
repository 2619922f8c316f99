using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>A report for the person who comes in the morning: what went wrong first, then what goes on.</summary>
internal sealed class ReportPage
{
    private const int MostRows = 8;
    private const int FewJobs = 4;
    private const int LongestName = 24;

    private readonly StringBuilder _text = new();
    private readonly TextOutput _output;
    private readonly ReportReply _report;
    private readonly TimeProvider _clock;

    private ReportPage(TextOutput output, ReportReply report, TimeProvider clock)
    {
        _output = output;
        _report = report;
        _clock = clock;
    }

    /// <summary>Of how many failed jobs log lines fit on the screen, and how many lines of each.</summary>
    public static (int Jobs, int Lines) LogLines(int failed) => failed <= FewJobs ? (failed, 3) : (MostRows, 1);

    public static void Write(TextOutput output, ReportReply report, IReadOnlyDictionary<long, IReadOnlyList<string>> logs, TimeProvider clock)
    {
        var page = new ReportPage(output, report, clock);
        page.AddHead();
        page.AddFailed(logs);
        page.AddIncidents("Run again", ["retried", "requeued"]);
        page.AddIncidents("No sign of progress", ["stalled", "silent"]);
        page.AddIncidents("Alerts", ["alerted"]);
        page.AddRunning();
        page.AddQueue();
        output.Write(page._text.ToString());
    }

    private void AddHead()
    {
        var length = DurationText.Format(_report.Until.ToDateTimeOffset() - _report.Since.ToDateTimeOffset());
        Line(_output.Paint($"From {Day(_report.Since)} to {Day(_report.Until)} ({length})", Colour.Bold));
        List<string> counts = [];
        foreach (var (count, word, colour) in (ReadOnlySpan<(ulong, string, Colour)>)
        [
            (_report.Completed, "completed", Colour.Green),
            (_report.Failed, "failed", Colour.Red),
            (_report.Lost, "lost", Colour.Red),
            (_report.Cancelled, "cancelled", Colour.Yellow),
        ])
        {
            if (count > 0)
            {
                counts.Add(_output.Paint($"{count} {word}", colour));
            }
        }

        var nothing = counts.Count == 0 && _report is { Incidents.Count: 0, Running.Count: 0, Queued: 0 };
        Line(counts.Count > 0 ? string.Join(", ", counts) : nothing ? "Nothing happened: no job ended, and none runs or waits." : "No job ended.");
    }

    private void AddFailed(IReadOnlyDictionary<long, IReadOnlyList<string>> logs)
    {
        Title("Failed", _report.Troubled.Count);
        foreach (var job in _report.Troubled.Take(MostRows))
        {
            var why = (job.ReasonDetail.Length > 0 ? job.ReasonDetail : job.State.ToWord()) + (job.Reason.Length > 0 ? $" ({job.Reason})" : "");
            Row(job.Id, job.Name, Owner(job), job.FinishedAt, why);
            foreach (var line in logs.GetValueOrDefault(job.Id) ?? [])
            {
                Line(_output.Paint(Cut($"       | {SafeText.Escape(line)}"), Colour.Faint));
            }
        }

        More(_report.Troubled.Count, "whirrctl status -s failed,lost");
    }

    private void AddIncidents(string title, string[] types)
    {
        // A job that is run again and again is one line: how often, and the last time.
        var jobs = _report.Incidents.Where(happened => types.Contains(happened.Type)).GroupBy(happened => happened.JobId).ToList();
        Title(title, jobs.Count);
        foreach (var job in jobs.OrderByDescending(events => events.Last().Seq).Take(MostRows))
        {
            var last = job.Last();
            var times = job.Count() > 1 ? $"{job.Count()} times, last: " : "";
            var what = last.Detail.Length > 0 ? last.Detail : last.Type;
            var reason = last.Reason.Length > 0 ? $" ({last.Reason})" : "";
            Row(job.Key, _report.JobNames.TryGetValue(job.Key, out var name) ? name : "(removed)", "", last.At, times + what + reason);
        }

        More(jobs.Count, "whirrctl events ID");
    }

    private void AddRunning()
    {
        Title("Running", _report.Running.Count);
        var now = _clock.GetUtcNow();
        foreach (var running in _report.Running.Take(MostRows))
        {
            var ran = Times.Runtime(running.Job, now) is { } span ? $"for {DurationText.Format(span)}" : "starting";
            var end = running.EstimatedEnd is { } at ? $", until about {Moment(at)}" : "";
            var basis = running.EstimateBasis.Length > 0 ? $", {SafeText.Escape(running.EstimateBasis)}" : "";
            Row(running.Job.Id, running.Job.Name, Owner(running.Job), null, ran + end + basis);
        }

        More(_report.Running.Count, "whirrctl status");
    }

    private void AddQueue()
    {
        Line("");
        var idle = (_report.SlotIdle * 100).ToString("0", CultureInfo.InvariantCulture);
        var slots = _report.Slots == 1 ? "one slot was" : $"{_report.Slots} slots were";
        var waiting = _report.IdleWhileWaiting?.ToTimeSpan() ?? TimeSpan.Zero;
        var meanwhile = waiting >= TimeSpan.FromSeconds(1) ? $"; for {DurationText.Format(waiting)} of it jobs waited" : "";
        Line(Cut($"{_report.Queued} queued; {slots} idle {idle} % of the time{meanwhile}"));
        if (_report.Hold is { } hold)
        {
            Warning($"{DaemonNotices.Describe(hold, _clock)}; nothing is started, `whirrctl resume` goes on");
        }

        foreach (var trouble in _report.Troubles)
        {
            Warning($"Trouble: {SafeText.Escape(trouble)}");
        }
    }

    private void Title(string title, int count)
    {
        if (count > 0)
        {
            Line("");
            Line(_output.Paint($"{title} ({count})", Colour.Bold));
        }
    }

    private void Row(long id, string name, string owner, Timestamp? at, string what) => Line(Cut(
        $"{id,6} {SafeText.Cut(SafeText.Escape(name), LongestName)}{owner}{(at is null ? "" : $" {Moment(at)}")}: {SafeText.Escape(what)}"));

    private void More(int count, string command)
    {
        if (count > MostRows)
        {
            Line($"       ... and {count - MostRows} more: {command}");
        }
    }

    // Whose a job is matters when the report is about more than one user.
    private string Owner(Job job) => _report.Troubled.Concat(_report.Running.Select(running => running.Job)).Any(other => other.OwnerUid != job.OwnerUid)
        ? $" of {SafeText.Escape(job.Owner)}"
        : "";

    private void Warning(string sentence) => Line(_output.Paint(sentence, Colour.Yellow));

    private void Line(string line) => _text.Append(line).Append('\n');

    private string Cut(string line) => _output.Width is { } width ? SafeText.Cut(line, width) : line;

    private string Day(Timestamp at) => Local(at).ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private string Moment(Timestamp at)
    {
        var (local, today) = (Local(at), Local(_report.Until));
        return local.ToString(local.Date == today.Date ? "HH:mm" : "ddd HH:mm", CultureInfo.InvariantCulture);
    }

    private DateTimeOffset Local(Timestamp at) => TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), _clock.LocalTimeZone);
}
