using System.CommandLine;
using System.Text;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl events</c>: what happened to a job.</summary>
internal static class EventsCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var id = new Argument<string>("ID");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the job has ended" };
        return new Verb("events", "Show what happened to a job, oldest first")
        {
            Usage = "ID [options]",
            Examples = ["whirrctl events 7", "whirrctl events -f --json 7"],
            Notes = "With --json, one object a line.",
            Arguments = { id },
            Options = { follow },
        }.Does(surroundings, session => RunAsync(
            session,
            new EventsRequest { JobId = JobIds.Parse(session.Options.GetRequiredValue(id)), Follow = session.Options.GetValue(follow) }));
    }

    private static async Task<int> RunAsync(Session session, EventsRequest request)
    {
        try
        {
            await session.Daemon.ReadAllAsync(
                options => session.Daemon.Jobs.Events(request, options),
                happened =>
                {
                    request.AfterSeq = happened.Seq;
                    Print(session, happened);
                },
                request.Follow ? session.Surroundings.WatchForInterrupt() : CancellationToken.None);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
    }

    private static void Print(Session session, JobEvent happened)
    {
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("seq", happened.Seq);
                json.WriteNumber("job_id", happened.JobId);
                JobDocument.Time(json, "at", happened.At);
                json.WriteString("type", happened.Type);
                json.WriteNumber("attempt", happened.Attempt);
                JobDocument.Text(json, "from", State(happened.From));
                JobDocument.Text(json, "to", State(happened.To));
                JobDocument.Text(json, "reason", happened.Reason);
                JobDocument.Text(json, "detail", happened.Detail);
                json.WriteEndObject();
            });
            return;
        }

        var line = new StringBuilder(happened.At is null ? "" : Times.Local(happened.At, session.Surroundings.Clock));
        line.Append("  ").Append(SafeText.Escape(happened.Type).PadRight(16));
        line.Append(happened.Attempt == 0 ? "" : $"  attempt {happened.Attempt}");
        line.Append(happened.From == happened.To ? "" : $"  {State(happened.From)} -> {State(happened.To)}");
        line.Append(happened.Detail.Length == 0 ? "" : $"  {SafeText.Escape(happened.Detail)}");
        session.Out.WriteLine(line.ToString().TrimEnd());
    }

    private static string State(JobState state) => state == JobState.Unspecified ? "" : state.ToWord();
}
