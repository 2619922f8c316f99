using System.CommandLine;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl attach</c>: stays with a job until it ends, and ends as it did.</summary>
internal static class AttachCommand
{
    private const uint LinesBefore = 10;

    public static Verb Create(Surroundings surroundings)
    {
        var id = new Argument<string>("ID");
        var lines = LogsCommand.CreateLinesOption($"Begin with the last lines (default: {LinesBefore})");
        return new Verb("attach", "Follow the output of a job to its end, and end with its exit code")
        {
            Usage = "ID [options]",
            Examples = ["whirrctl attach 7", "whirrctl attach \"$(whirrctl submit -q python train.py)\""],
            Notes = "Ctrl+C detaches with exit code 130; the job goes on and can be attached to again.\n"
                + "The exit codes are those listed in `whirrctl --help`.",
            Arguments = { id },
            Options = { lines },
        }.Does(surroundings, async session =>
        {
            var log = new LogReader(session, JobIds.Parse(session.Options.GetRequiredValue(id)));
            var last = session.Options.GetValue(lines) is { } count ? LogsCommand.ParseLines(count) : LinesBefore;
            if (await log.FollowAsync(last) is not { } job)
            {
                return ExitCodes.Interrupted;
            }

            session.Note(JobDetails.Ending(job));
            return ExitCodes.Of(job);
        });
    }
}
