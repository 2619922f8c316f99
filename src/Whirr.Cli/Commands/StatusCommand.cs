using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl status</c>: the queue, or all about some jobs.</summary>
internal static class StatusCommand
{
    private const int LargestPage = 1_000;

    public static Verb Create(Surroundings surroundings)
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.ZeroOrMore };
        var filter = new StatusFilter();
        var verb = new Verb("status", "Show the queue: what runs, then what waits, in the order it will start; or all about a job")
        {
            Usage = "[ID...] [options]",
            Examples =
            [
                "whirrctl status",
                "whirrctl status 7",
                "whirrctl status -a -n 20",
                "whirrctl status -s failed,lost -t sweep",
                "whirrctl status --json -a",
            ],
            Notes = "Without -a or -s, only jobs that have not ended; with them, the newest jobs first.",
            Arguments = { ids },
        };
        foreach (var option in filter.All)
        {
            verb.Add(option);
        }

        return verb.Does(surroundings, session =>
        {
            var named = JobIds.Parse(session.Options.GetValue(ids) ?? []);
            return named.Count > 0 ? ShowJobsAsync(session, named) : ShowListAsync(session, filter.Read(session.Options));
        });
    }

    private static async Task<int> ShowJobsAsync(Session session, IReadOnlyList<long> ids)
    {
        var jobs = new List<Job>(ids.Count);
        var code = ExitCodes.Ok;
        foreach (var id in ids)
        {
            var request = new GetJobRequest { Id = id, IncludeAttempts = true };
            try
            {
                jobs.Add(await session.Daemon.AskAsync(call => session.Daemon.Jobs.GetAsync(request, call)));
            }
            catch (CommandFailure failure) when (failure.Kind == FailureKind.NotFound)
            {
                code = FailureReport.Write(
                    new CommandFailure(FailureKind.NotFound, $"there is no job {id}. `whirrctl status -a` lists all jobs."),
                    session.Error,
                    session.Json);
            }
        }

        if (!session.Json)
        {
            for (var index = 0; index < jobs.Count; index++)
            {
                session.Out.Write(index == 0 ? "" : "\n");
                JobDetails.Write(session.Out, jobs[index], session.Surroundings.Clock);
            }
        }
        else if (ids.Count > 1)
        {
            JobList.WriteJson(session.Out, new JobList.Content(jobs, More: false, Info: null));
        }
        else if (jobs is [var only])
        {
            session.Out.WriteJson(json => JobDocument.Write(json, only, more => AttemptDocument.WriteAll(more, only.Attempts)));
        }

        return code;
    }

    private static async Task<int> ShowListAsync(Session session, StatusFilter.Choice choice)
    {
        var asked = session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest(), call));
        var jobs = new List<Job>();
        var more = false;
        foreach (var request in choice.Requests())
        {
            more |= !await ReadPagesAsync(session, request, choice.Limit, jobs);
        }

        if (choice.User is [var first, ..] && !char.IsAsciiDigit(first) && !Users.Exists(choice.User))
        {
            session.Note($"whirrctl: this machine knows no user {SafeText.Quote(choice.User)}");
        }

        var info = await asked;
        var content = new JobList.Content(jobs, more, info);
        if (session.Json)
        {
            JobList.WriteJson(session.Out, content);
        }
        else
        {
            JobList.WriteTable(session.Out, content, session.Surroundings.Clock);
        }

        return ExitCodes.Ok;
    }

    /// <summary>Adds jobs until there are <paramref name="limit"/>. False: there are more.</summary>
    private static async Task<bool> ReadPagesAsync(Session session, ListJobsRequest request, int limit, List<Job> jobs)
    {
        do
        {
            if (jobs.Count >= limit)
            {
                return false;
            }

            request.PageSize = (uint)Math.Min(limit - jobs.Count, LargestPage);
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.ListAsync(request, call));
            jobs.AddRange(reply.Jobs);
            request.PageToken = reply.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return true;
    }
}
