using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl logs</c>: the output of a job.</summary>
internal static class LogsCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var id = new Argument<string>("ID");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the job has ended; waits for a queued one to start" };
        var lines = CreateLinesOption("Only the last lines (default: all)");
        var attempt = new Option<string>("--attempt") { Description = "Only what this attempt wrote", HelpName = "N" };
        return new Verb("logs", "Show what a job has written: stdout and stderr, byte for byte")
        {
            Usage = "ID [options]",
            Examples = ["whirrctl logs 7", "whirrctl logs -f 7", "whirrctl logs -n 20 7", "whirrctl logs 7 --attempt 1"],
            Notes = "Ctrl+C stops following with exit code 0; the job goes on. Remarks of whirrctl go to standard error.\n"
                + "With --json: {\"job_id\",\"offset\",\"next_offset\",\"text\"} a line; bytes that are not UTF-8 are replaced.",
            Arguments = { id },
            Options = { follow, lines, attempt },
        }.Does(surroundings, session =>
        {
            var log = new LogReader(session, JobIds.Parse(session.Options.GetRequiredValue(id)));
            var last = session.Options.GetValue(lines) is { } count ? ParseLines(count) : 0;
            if (session.Options.GetValue(attempt) is { } number)
            {
                return last > 0 || session.Options.GetValue(follow)
                    ? throw CommandFailure.Usage("--attempt goes with neither -f nor -n: `whirrctl logs ID --attempt N | tail` shows its last lines.")
                    : ReadAttemptAsync(session, log, ParseAttempt(number));
            }

            return session.Options.GetValue(follow) ? FollowAsync(session, log, last) : ReadAsync(session, log, last);
        });
    }

    /// <summary>The option <c>-n</c>, read with <see cref="ParseLines"/>.</summary>
    public static Option<string> CreateLinesOption(string description) =>
        new("--lines", "-n") { Description = description, HelpName = "N" };

    public static uint ParseLines(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) && lines is >= 1 and <= 100_000
            ? lines
            : throw CommandFailure.Usage($"-n takes a number of lines from 1 to 100000, not {SafeText.Quote(text)}.");

    private static async Task<int> ReadAsync(Session session, LogReader log, uint lastLines)
    {
        if (await log.ReadAsync(lastLines) > 0)
        {
            return ExitCodes.Ok;
        }

        var job = await log.GetJobAsync();
        session.Note(NoOutput(job));
        return ExitCodes.Ok;
    }

    private static uint ParseAttempt(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw CommandFailure.Usage($"--attempt takes the number of an attempt, from 1, not {SafeText.Quote(text)}.");

    private static async Task<int> ReadAttemptAsync(Session session, LogReader log, uint number)
    {
        var job = await log.GetJobAsync(withAttempts: true);
        var attempt = job.Attempts.FirstOrDefault(each => each.Number == number) ?? throw new CommandFailure(
            FailureKind.NotFound,
            job.Attempt == 0 ? $"job {job.Id} has not been started yet." : $"job {job.Id} has no attempt {number}; its last is {job.Attempt}.");

        // The log of a job begins with its first attempt, whether or not that was noted.
        var from = attempt.HasLogOffset ? attempt.LogOffset : number == 1 ? 0 : throw new CommandFailure(
            FailureKind.NotFound,
            $"it is not known where the output of attempt {number} begins; `whirrctl logs {job.Id}` shows that of all.");
        var next = job.Attempts.FirstOrDefault(each => each.Number > number && each.HasLogOffset);
        if (await log.ReadRangeAsync(from, next?.LogOffset) == 0)
        {
            session.Note($"Attempt {number} of job {job.Id} wrote nothing");
        }

        return ExitCodes.Ok;
    }

    private static string NoOutput(Job job)
    {
        // The log was there once the command ran; the caller owns the job, so what cannot be seen is gone.
        var path = job.RunDir.Length == 0 ? "" : Path.Combine(job.RunDir, JobDocument.LogName);
        var gone = path.Length > 0 && job.State >= JobState.Running && !File.Exists(path);
        return (gone, job.State.IsEnded()) switch
        {
            (true, true) => $"{JobDetails.Ending(job)}; no log: {SafeText.Escape(path)} is not there",
            (true, false) => $"Job {job.Id} is {job.State.ToWord()}; no log: {SafeText.Escape(path)} is not there",
            (false, true) => $"{JobDetails.Ending(job)}; it wrote nothing",
            (false, false) => $"Job {job.Id} is {job.State.ToWord()}: no output yet",
        };
    }

    private static async Task<int> FollowAsync(Session session, LogReader log, uint lastLines)
    {
        if (await log.FollowAsync(lastLines) is { } job)
        {
            session.Note(JobDetails.Ending(job));
        }

        return ExitCodes.Ok;
    }
}
