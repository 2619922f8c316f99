using System.CommandLine;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl retry</c>: submits an ended job again.</summary>
internal static class RetryCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var id = new Argument<string>("ID");
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print only the number of the new job" };
        return new Verb("retry", "Submit a failed, cancelled or lost job again, as a new job with the same settings and environment")
        {
            Usage = "ID [options]",
            Examples = ["whirrctl retry 7"],
            Arguments = { id },
            Options = { quiet },
        }.Does(surroundings, async session =>
        {
            var request = new RetryRequest
            {
                Id = JobIds.Parse(session.Options.GetRequiredValue(id)),
                Uid = JobUids.New(session.Surroundings.Clock),
            };
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.RetryAsync(request, call));
            Receipt.Write($"job {reply.Job.Id} was submitted", () =>
            {
                if (session.Json)
                {
                    session.Out.WriteJson(json => JobDocument.Write(json, reply.Job, more => more.WriteBoolean("existed", reply.Existed)));
                }
                else
                {
                    var name = SafeText.Escape(reply.Job.Name);
                    session.Out.WriteLine(session.Options.GetValue(quiet)
                        ? $"{reply.Job.Id}"
                        : $"Submitted job {reply.Job.Id} ({name}), a retry of job {request.Id}");
                }
            });
            return ExitCodes.Ok;
        });
    }
}
