using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Whirr.Runs;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl rm</c>: removes run directories.</summary>
internal static class RmCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var runs = new Argument<string[]>("RUN") { Arity = ArgumentArity.OneOrMore };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed" };
        return new Verb("rm", "Remove runs for good: their directories with log, metrics and artifacts")
        {
            Usage = "RUN... [options]",
            Examples = ["whirrctl rm job-7 local-20260131-2", "whirrctl rm --yes job-7"],
            Notes = "Only runs of your own that have ended. It says how much space that frees and asks on a terminal; elsewhere it needs --yes.\n"
                + "The queue still knows the jobs; `whirrctl clean` lets it forget them, and removes many runs at once.",
            Arguments = { runs },
            Options = { yes, dryRun },
        }.Does(surroundings, session => RunAsync(
            session,
            session.Options.GetRequiredValue(runs),
            session.Options.GetValue(yes),
            session.Options.GetValue(dryRun)));
    }

    private static async Task<int> RunAsync(Session session, IReadOnlyList<string> words, bool sure, bool onlyLook)
    {
        // All are looked at before the first is removed: a list with a mistake in it removes nothing.
        var found = new List<Found>();
        foreach (var chosen in await RunChoice.ResolveAsync(session, words))
        {
            found.Add(await CheckAsync(session, chosen));
        }

        var what = Describe(found);
        if (onlyLook)
        {
            return Report(session, found, [], $"This would remove {what}", done: false);
        }

        if (!sure && !MayGoOn(session, what))
        {
            session.Note("Nothing was removed");
            return ExitCodes.Failed;
        }

        var removed = new List<Found>();
        var problems = new List<string>();
        foreach (var run in found)
        {
            try
            {
                Directory.Delete(run.RunDir, recursive: true);
                removed.Add(run);
            }
            catch (Exception exception) when (FileProblem.Is(exception))
            {
                problems.Add($"{run.RunDir} could not be removed, or not all of it: {FileProblem.Describe(exception)}.");
            }
        }

        return Report(session, removed, problems, $"Removed {Describe(removed)}", done: true);
    }

    /// <exception cref="CommandFailure">It lives, is another's, or is no run.</exception>
    private static async Task<Found> CheckAsync(Session session, ChosenRun chosen)
    {
        // The files alone do not tell whether a run lives: a job may be about to be run again in this directory.
        var request = new GetRunRequest { Run = chosen.RunDir };
        var run = await session.Daemon.AskAsync(call => session.Daemon.Runs.GetAsync(request, call));
        if (!run.State.IsEnded())
        {
            var how = run.JobId > 0 ? $"; `whirrctl cancel --wait {run.JobId}` ends it" : "";
            throw new CommandFailure(
                FailureKind.WrongState,
                $"{SafeText.Escape(run.RunId)} has not ended ({run.State.ToWord()}){how}. Nothing was removed.");
        }

        var shown = SafeText.Quote(run.RunDir);
        try
        {
            using var directory = OpenDirectory.Open(run.RunDir);
            MetaEdit.CheckOwner(shown, directory.Owner, Users.Caller, "remove");
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot remove {shown}: {FileProblem.Describe(exception)}.", exception);
        }

        if (!Array.Exists([RunFiles.Meta, RunFiles.Metrics, RunFiles.Log], name => File.Exists(Path.Combine(run.RunDir, name))))
        {
            throw new CommandFailure(FailureKind.Files, $"{shown} does not look like a run directory: it is left alone.");
        }

        var (bytes, files) = FileTree.Measure(run.RunDir);
        return new Found(run.RunId, run.RunDir, bytes, files);
    }

    /// <exception cref="CommandFailure">It must be asked, and nobody is there.</exception>
    private static bool MayGoOn(Session session, string what)
    {
        if (session.Json || !session.Surroundings.CanAsk())
        {
            throw new CommandFailure(
                FailureKind.Invalid,
                $"this would remove {what}, and nobody can be asked. Nothing was removed. Add --yes if that is right.");
        }

        session.Error.Write($"This removes {what} for good. Go on? [y/N] ");
        using var input = new StreamReader(session.Surroundings.OpenInput());
        return input.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static int Report(Session session, IReadOnlyList<Found> runs, IReadOnlyList<string> problems, string said, bool done)
    {
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("dry_run", !done);
                JobDocument.List(json, "run_ids", runs.Select(run => run.RunId));
                json.WriteNumber("bytes", runs.Sum(run => run.Bytes));
                JobDocument.List(json, "problems", problems);
                json.WriteEndObject();
            });
        }
        else
        {
            if (runs.Count > 0 || problems.Count == 0)
            {
                session.Out.WriteLine(said);
            }

            foreach (var problem in problems)
            {
                session.Error.WriteLine($"whirrctl: {SafeText.Escape(problem)}");
            }
        }

        return problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    /// <summary>E.g. <c>2 runs (job-7, job-8): 14 files, 3.4 GiB</c>.</summary>
    private static string Describe(IReadOnlyList<Found> runs)
    {
        var named = string.Join(", ", runs.Take(5).Select(run => SafeText.Escape(run.RunId))) + (runs.Count > 5 ? ", ..." : "");
        var files = runs.Sum(run => run.Files);
        return $"{(runs.Count == 1 ? "run" : $"{runs.Count} runs")} {named}: {(files == 1 ? "1 file" : $"{files} files")}, "
            + ByteCount.Format(runs.Sum(run => run.Bytes));
    }

    private sealed record Found(string RunId, string RunDir, long Bytes, int Files);
}
