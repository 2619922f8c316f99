using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl clean</c>: lets the queue forget ended jobs, and removes their run directories when told to.</summary>
internal static class CleanCommand
{
    // Thousands of run directories are measured and removed, on a slow disk perhaps.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromHours(2);

    public static Verb Create(Surroundings surroundings)
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.ZeroOrMore };
        var choice = new CleanChoice();
        var runs = new Option<bool>("--runs") { Description = "Remove their run directories too: logs, metrics, artifacts" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var verb = new Verb("clean", "Let the queue forget ended jobs, with --runs their run directories too")
        {
            Usage = "[ID...] [options]",
            Examples =
            [
                "whirrctl clean --older-than 30d",
                "whirrctl clean --state failed,cancelled --older-than 7d --runs --dry-run",
                "whirrctl clean --keep 1000 --yes",
            ],
            Notes = "Of your ended jobs (for root: everybody's), those that all options choose. It says what it will remove, and asks on a\n"
                + "terminal; elsewhere --runs needs --yes. Exit code 1: something could not be removed, or the answer was no.",
            Arguments = { ids },
        };
        foreach (var option in choice.All)
        {
            verb.Add(option);
        }

        verb.Add(runs);
        verb.Add(dryRun);
        verb.Add(yes);
        return verb.Does(surroundings, session => RunAsync(
            session,
            choice.Read(session.Options, session.Now, JobIds.Parse(session.Options.GetValue(ids) ?? []), session.Options.GetValue(runs)),
            onlyLook: session.Options.GetValue(dryRun),
            sure: session.Options.GetValue(yes)));
    }

    private static async Task<int> RunAsync(Session session, CleanRequest request, bool onlyLook, bool sure)
    {
        var found = await AskAsync(session, request, dryRun: true);
        if (onlyLook || found.JobIds.Count == 0)
        {
            return Report(session, found, request, done: false);
        }

        if (!sure && !MayGoOn(session, found, request))
        {
            session.Note("Nothing was removed");
            return ExitCodes.Failed;
        }

        // The request names a time before which the jobs ended: what ended since it was shown stays.
        return Report(session, await AskAsync(session, request, dryRun: false), request, done: true);
    }

    /// <summary>Asks once, or as often as that many ids need.</summary>
    private static async Task<CleanReply> AskAsync(Session session, CleanRequest request, bool dryRun)
    {
        var sum = new CleanReply();
        foreach (var ids in request.Ids.Count == 0 ? [[]] : request.Ids.Chunk(JobIds.MostAtOnce))
        {
            var part = request.Clone();
            part.DryRun = dryRun;
            part.Ids.Clear();
            part.Ids.AddRange(ids);
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.CleanAsync(part, call), AnswerLimit);
            sum.JobIds.AddRange(reply.JobIds);
            sum.Problems.AddRange(reply.Problems);
            sum.RunDirs += reply.RunDirs;
            sum.Bytes += reply.Bytes;
        }

        return sum;
    }

    /// <exception cref="CommandFailure">It must be asked, and nobody is there.</exception>
    private static bool MayGoOn(Session session, CleanReply found, CleanRequest request)
    {
        if (session.Json || !session.Surroundings.CanAsk())
        {
            return !request.RemoveRuns ? true : throw new CommandFailure(
                FailureKind.Invalid,
                $"this would remove {Describe(found, request)}, and nobody can be asked. Nothing was removed. Add --yes if that is right.");
        }

        session.Error.Write($"This removes {Describe(found, request)}. Go on? [y/N] ");
        using var input = new StreamReader(session.Surroundings.OpenInput());
        return input.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static int Report(Session session, CleanReply reply, CleanRequest request, bool done)
    {
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("dry_run", !done);
                json.WriteStartArray("job_ids");
                foreach (var id in reply.JobIds)
                {
                    json.WriteNumberValue(id);
                }

                json.WriteEndArray();
                json.WriteNumber("run_dirs", reply.RunDirs);
                json.WriteNumber("bytes", reply.Bytes);
                JobDocument.List(json, "problems", reply.Problems);
                json.WriteEndObject();
            });
        }
        else
        {
            var what = Describe(reply, request);
            session.Out.WriteLine(done ? $"Removed {what}" : reply.JobIds.Count == 0 ? "There is nothing to remove" : $"This would remove {what}");
            foreach (var problem in reply.Problems)
            {
                session.Error.WriteLine($"whirrctl: {SafeText.Escape(problem)}");
            }
        }

        return reply.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>E.g. <c>12 jobs (3, 4, 5, ... 19) and 10 run directories (3.4 GiB)</c>.</summary>
    private static string Describe(CleanReply reply, CleanRequest request)
    {
        var jobs = reply.JobIds.Count == 1 ? "1 job" : $"{reply.JobIds.Count} jobs";
        var ids = reply.JobIds.Count <= 5
            ? string.Join(", ", reply.JobIds)
            : $"{string.Join(", ", reply.JobIds.Take(3))}, ... {reply.JobIds[^1]}";
        var named = reply.JobIds.Count == 0 ? jobs : $"{jobs} ({ids})";
        if (!request.RemoveRuns)
        {
            return $"{named} from the queue; run directories stay";
        }

        var runs = reply.RunDirs == 1 ? "1 run directory" : $"{reply.RunDirs} run directories";
        return $"{named} and {runs} ({ByteCount.Format((long)reply.Bytes)})";
    }
}
