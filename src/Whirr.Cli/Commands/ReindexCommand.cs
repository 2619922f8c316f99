using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl reindex</c>: makes the index of runs anew.</summary>
internal static class ReindexCommand
{
    // All run directories are read, on a slow disk perhaps.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromHours(2);

    public static Verb Create(Surroundings surroundings) =>
        new Verb("reindex", "Make the index of your runs anew from the run directories")
        {
            Usage = "[options]",
            Examples = ["whirrctl reindex"],
            Notes = "The files in the run directories are the truth, and nothing in them is changed. This is never needed as a rule: what is new or has\n"
                + "changed is seen anyway. For root, the runs of everybody. Exit code 1: some could not be read.",
        }.Does(surroundings, async session =>
        {
            var request = new ReindexRequest();
            request.Roots.AddRange(RunRoots.Of(session.Surroundings));
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Runs.ReindexAsync(request, call), AnswerLimit);
            if (session.Json)
            {
                session.Out.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("runs", reply.Runs);
                    JobDocument.List(json, "problems", reply.Problems);
                    json.WriteEndObject();
                });
            }
            else
            {
                session.Out.WriteLine(reply.Runs == 1 ? "1 run is in the index" : $"{reply.Runs} runs are in the index");
                foreach (var problem in reply.Problems)
                {
                    session.Error.WriteLine($"whirrctl: {SafeText.Escape(problem)}");
                }
            }

            return reply.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
}
