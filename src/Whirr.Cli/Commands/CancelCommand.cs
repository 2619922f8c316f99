using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Result = Whirr.Protocol.V1.CancelOutcome.Types.Result;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl cancel</c>: ends jobs.</summary>
internal static class CancelCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.ZeroOrMore };
        var allQueued = new Option<bool>("--all-queued") { Description = "All your queued jobs (for root: everybody's)" };
        var wait = new Option<bool>("--wait", "-w") { Description = "Return when the jobs have ended" };
        return new Verb("cancel", "End jobs: a queued one at once, a running one by SIGTERM, its grace period, then SIGKILL")
        {
            Usage = "ID... | --all-queued [options]",
            Examples = ["whirrctl cancel 7 8", "whirrctl cancel --wait 7", "whirrctl cancel --all-queued"],
            Notes = "A job that had already ended is left as it is, and that is no error. Exit code 1: a job is unknown or not yours.",
            Arguments = { ids },
            Options = { allQueued, wait },
        }.Does(surroundings, session =>
        {
            var named = JobIds.Parse(session.Options.GetValue(ids) ?? []);
            return (session.Options.GetValue(allQueued), named.Count) switch
            {
                (true, > 0) => throw CommandFailure.Usage("either job ids or --all-queued, not both."),
                (true, _) => CancelQueuedAsync(session),
                (_, 0) => throw new CommandFailure(FailureKind.Invalid, "say which jobs: `whirrctl cancel ID...`, or --all-queued."),
                _ => CancelAsync(session, named, session.Options.GetValue(wait)),
            };
        });
    }

    private static async Task<int> CancelQueuedAsync(Session session)
    {
        var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.CancelAsync(new CancelRequest { AllQueued = true }, call));
        if (session.Json)
        {
            WriteJson(session, [], reply.Affected);
        }
        else
        {
            session.Out.WriteLine(reply.Affected == 1 ? "Cancelled 1 queued job" : $"Cancelled {reply.Affected} queued jobs");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> CancelAsync(Session session, IReadOnlyList<long> ids, bool wait)
    {
        var outcomes = new List<CancelOutcome>();
        var affected = 0UL;
        foreach (var some in ids.Chunk(JobIds.MostAtOnce))
        {
            var request = new CancelRequest();
            request.Ids.AddRange(some);
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.CancelAsync(request, call));
            outcomes.AddRange(reply.Outcomes);
            affected += reply.Affected;
        }

        if (!session.Json)
        {
            outcomes.ForEach(outcome => Tell(session, outcome));
        }

        var ended = !wait || await WaitAsync(session, outcomes);
        if (session.Json)
        {
            WriteJson(session, outcomes, affected);
        }

        if (!ended)
        {
            return ExitCodes.Interrupted;
        }

        return outcomes.Exists(outcome => outcome.Result is Result.NotFound or Result.PermissionDenied) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    /// <summary>Waits for those that are being ended and notes their last state. False: interrupted.</summary>
    private static async Task<bool> WaitAsync(Session session, List<CancelOutcome> outcomes)
    {
        var pending = outcomes.FindAll(outcome => outcome.Result == Result.Requested).ToDictionary(outcome => outcome.Id);
        try
        {
            await JobWaiter.WaitAsync(
                session,
                [.. pending.Keys],
                job =>
                {
                    pending[job.Id].State = job.State;
                    session.Note(JobDetails.Ending(job));
                },
                session.Surroundings.WatchForInterrupt());
            return true;
        }
        catch (OperationCanceledException)
        {
            session.Note("No longer waiting; the jobs are still being ended");
            return false;
        }
    }

    private static void Tell(Session session, CancelOutcome outcome)
    {
        var id = outcome.Id;
        switch (outcome.Result)
        {
            case Result.Cancelled:
                session.Out.WriteLine($"Cancelled job {id}");
                break;
            case Result.Requested:
                session.Out.WriteLine($"Job {id} is being ended");
                break;
            case Result.AlreadyEnded:
                session.Out.WriteLine($"Job {id} already {outcome.State.ToWord()}");
                break;
            case Result.NotFound:
                session.Error.WriteLine($"whirrctl: there is no job {id}.");
                break;
            case Result.PermissionDenied:
                session.Error.WriteLine($"whirrctl: job {id} is not yours: only its owner and root may cancel it.");
                break;
            default:
                session.Error.WriteLine($"whirrctl: the daemon did not say what became of job {id}; see `whirrctl status {id}`.");
                break;
        }
    }

    private static void WriteJson(Session session, IEnumerable<CancelOutcome> outcomes, ulong affected) => session.Out.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("outcomes");
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            json.WriteNumber("id", outcome.Id);
            json.WriteString("result", ToWord(outcome.Result));
            JobDocument.Text(json, "state", outcome.Result == Result.NotFound ? "" : outcome.State.ToWord());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("affected", affected);
        json.WriteEndObject();
    });

    private static string ToWord(Result result) => result switch
    {
        Result.Cancelled => "cancelled",
        Result.Requested => "requested",
        Result.AlreadyEnded => "already_ended",
        Result.NotFound => "not_found",
        Result.PermissionDenied => "permission_denied",
        _ => "unknown",
    };
}
