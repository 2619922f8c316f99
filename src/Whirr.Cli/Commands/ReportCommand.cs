using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using Job = Whirr.Protocol.V1.Job;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl report</c>: what happened overnight, on one screen.</summary>
internal static class ReportCommand
{
    private const int LogBytes = 8 * 1024;

    public static Verb Create(Surroundings surroundings)
    {
        var since = new Option<string>("--since")
        {
            Description = "From when on: 18:00, \"yesterday 18:00\", 2026-11-23T18:00 or 12h (default: 18:00 of the evening before)",
            HelpName = "WHEN",
        };
        var user = new Option<string>("--user", "-u") { Description = "Only jobs of this user (name or number)", HelpName = "NAME" };
        return new Verb("report", "Show what happened since yesterday evening: ended, failed and why, run again, stalled, still running")
        {
            Usage = "[options]",
            Examples = ["whirrctl report", "whirrctl report --since 12h", "whirrctl report --since \"yesterday 9:00\" -u alice", "whirrctl report --json"],
            Notes = "Of failed jobs that are yours the last lines of the log are shown; root sees everybody's.",
            Options = { since, user },
        }.Does(surroundings, session => RunAsync(session, session.Options.GetValue(since), session.Options.GetValue(user) ?? ""));
    }

    private static async Task<int> RunAsync(Session session, string? since, string user)
    {
        var (now, zone) = (session.Now, session.Surroundings.Clock.LocalTimeZone);
        var from = SinceText.Evening(now, zone);
        if (since is not null && !SinceText.TryParse(since, now, zone, out from))
        {
            throw CommandFailure.Usage($"--since: {SafeText.Quote(since)} is no time; write {SinceText.Forms}.");
        }

        if (from > now)
        {
            throw CommandFailure.Usage($"--since: {SafeText.Quote(since ?? "")} lies in the future.");
        }

        if (user is [var first, ..] && !char.IsAsciiDigit(first) && !Users.Exists(user))
        {
            session.Note($"whirrctl: this machine knows no user {SafeText.Quote(user)}");
        }

        var request = new ReportRequest { Since = from.ToTimestamp(), Owner = user };
        var report = await session.Daemon.AskAsync(call => session.Daemon.Jobs.ReportAsync(request, call));
        var logs = new Dictionary<long, IReadOnlyList<string>>();
        var (jobs, lines) = ReportPage.LogLines(report.Troubled.Count);
        foreach (var job in report.Troubled.Take(jobs))
        {
            logs.Add(job.Id, await ReadLogAsync(session, job, lines));
        }

        if (session.Json)
        {
            ReportDocument.Write(session.Out, report, logs);
        }
        else
        {
            ReportPage.Write(session.Out, report, logs, session.Surroundings.Clock);
        }

        return ExitCodes.Ok;
    }

    /// <summary>The last lines of a job's log, if the caller may read it.</summary>
    private static async Task<IReadOnlyList<string>> ReadLogAsync(Session session, Job job, int lines)
    {
        if (Users.Caller != Users.Root && Users.Caller != job.OwnerUid)
        {
            return [];
        }

        try
        {
            var request = new ReadLogRequest { JobId = job.Id, TailLines = (uint)lines, MaxBytes = LogBytes };
            var chunk = await session.Daemon.AskAsync(call => session.Daemon.Logs.ReadAsync(request, call));
            return PlainText.LastLines(chunk.Data.Span, isWhole: true, lines);
        }
        catch (CommandFailure)
        {
            // A log that is gone or cannot be read is no reason to show nothing of the night.
            return [];
        }
    }
}
