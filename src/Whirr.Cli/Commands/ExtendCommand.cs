using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Domain.Jobs;
using Whirr.Protocol.V1;
using Job = Whirr.Protocol.V1.Job;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl extend</c>: changes how long a job may run.</summary>
internal static class ExtendCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var id = new Argument<string>("ID");
        var change = new Argument<string>("CHANGE");
        return new Verb("extend", "Change the time limit of a job that waits or runs")
        {
            Usage = "ID +TIME|-TIME|TIME|none [options]",
            Examples = ["whirrctl extend 7 +2h", "whirrctl extend 7 -30m", "whirrctl extend 7 10h", "whirrctl extend 7 none"],
            Notes = "+ and - change the limit there is; a time without them is the new limit, counted from the start of the attempt.\n"
                + "For the owner of the job and root.",
            Arguments = { id, change },
        }.Does(surroundings, async session =>
        {
            var request = Parse(session.Options.GetRequiredValue(change));
            request.Id = JobIds.Parse(session.Options.GetRequiredValue(id));
            var job = await session.Daemon.AskAsync(call => session.Daemon.Jobs.ExtendAsync(request, call));
            if (session.Json)
            {
                session.Out.WriteJson(json => JobDocument.Write(json, job));
            }
            else
            {
                session.Out.WriteLine(Describe(job, session.Now));
            }

            return ExitCodes.Ok;
        });
    }

    /// <exception cref="CommandFailure">It is no change of a time limit.</exception>
    private static ExtendRequest Parse(string text)
    {
        if (text == "none")
        {
            return new ExtendRequest { Unlimited = true };
        }

        var sign = text.StartsWith('+') ? 1 : text.StartsWith('-') ? -1 : 0;
        if (!DurationText.TryParse(sign == 0 ? text : text[1..], out var span) || span <= TimeSpan.Zero)
        {
            throw CommandFailure.Usage($"say by how much, like +2h or -30m, or how long in all, like 10h, or none, not {SafeText.Quote(text)}.");
        }

        return sign == 0
            ? new ExtendRequest { Limit = Duration.FromTimeSpan(span) }
            : new ExtendRequest { By = Duration.FromTimeSpan(span * sign) };
    }

    private static string Describe(Job job, DateTimeOffset now)
    {
        if (job.Limits?.Time is not { } limit)
        {
            return $"Job {job.Id} may run for as long as it takes";
        }

        var left = LimitDetails.TimeLeft(job, now) is { } span ? $"; {DurationText.Format(span)} of it left" : "";
        return $"Job {job.Id} may run for {EndSentence.Words(limit.ToTimeSpan())}{left}";
    }
}
