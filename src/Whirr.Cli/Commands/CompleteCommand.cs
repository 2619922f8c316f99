using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Whirr.Runs;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl __complete</c>: what a shell may offer for a word, a line each: the word, a tab, what it is. Not for people.</summary>
/// <remarks>It runs between two keys: it asks once, waits for nobody, says nothing of what goes wrong, and always ends with 0.</remarks>
internal static class CompleteCommand
{
    public const string Name = "__complete";

    private const int Most = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Verb Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("WORDS") { Arity = ArgumentArity.OneOrMore };
        return new Verb(Name, "Candidates for the completions of shells, a line each: the word, a tab, what it is")
        {
            Hidden = true,
            Usage = "jobs|jobs-live|jobs-ended|runs|tags|metrics|artifacts [RUN...]",
            Examples = [$"whirrctl {Name} jobs-live"],
            Arguments = { words },
        }.Does(surroundings, session => RunAsync(session, session.Options.GetRequiredValue(words)));
    }

    private static async Task<int> RunAsync(Session session, string[] words)
    {
        session.Patient = false;
        try
        {
            var candidates = words[0] switch
            {
                "jobs" => await JobsAsync(session, []),
                "jobs-live" => await JobsAsync(session, [JobState.Queued, JobState.Allocated, JobState.Starting, JobState.Running]),
                "jobs-ended" => await JobsAsync(session, [JobState.Completed, JobState.Failed, JobState.Cancelled, JobState.Lost]),
                "runs" => await RunsAsync(session),
                "tags" => await TagsAsync(session),
                "metrics" => await MetricsAsync(session, words[1..]),
                "artifacts" => await ArtifactsAsync(session, words[1..]),
                _ => [],
            };
            session.Out.Write(string.Concat(candidates.Take(Most).Select(candidate => $"{SafeText.Escape(candidate.Word)}\t{SafeText.Escape(candidate.What)}\n")));
        }
        catch (CommandFailure)
        {
            // No daemon, nothing to offer.
        }

        return ExitCodes.Ok;
    }

    private static async Task<IEnumerable<(string Word, string What)>> JobsAsync(Session session, IEnumerable<JobState> states)
    {
        var jobs = await ListJobsAsync(session, states);
        return jobs.Select(job => ($"{job.Id}", $"{job.State.ToWord()}, {job.Name}"));
    }

    private static async Task<IReadOnlyList<Job>> ListJobsAsync(Session session, IEnumerable<JobState> states)
    {
        var request = new ListJobsRequest { Order = ListOrder.NewestFirst, PageSize = Most };
        request.States.AddRange(states);
        return (await session.Daemon.AskAsync(call => session.Daemon.Jobs.ListAsync(request, call), Patience)).Jobs;
    }

    private static async Task<IEnumerable<(string Word, string What)>> RunsAsync(Session session)
    {
        try
        {
            var runs = await ListRunsAsync(session, Most);
            return runs.Select(run => (run.RunId, run.Name.Length > 0 && run.Name != run.RunId ? $"{run.State.ToWord()}, {run.Name}" : run.State.ToWord()));
        }
        catch (CommandFailure failure) when (failure.Kind == FailureKind.NoDaemon)
        {
            // As for the verbs themselves: the runs of this project and this user are files.
            return RunRoots.Of(session.Surroundings)
                .SelectMany(root => Directory.EnumerateDirectories(root))
                .Select(path => Path.GetFileName(path))
                .Where(name => !name.StartsWith('.'))
                .Select(name => (name, "run"));
        }
    }

    private static async Task<IReadOnlyList<Run>> ListRunsAsync(Session session, int most)
    {
        var request = new ListRunsRequest { PageSize = (uint)most };
        request.Roots.AddRange(RunRoots.Of(session.Surroundings));
        return (await session.Daemon.AskAsync(call => session.Daemon.Runs.ListAsync(request, call), Patience)).Runs;
    }

    private static async Task<IEnumerable<(string Word, string What)>> TagsAsync(Session session)
    {
        var tags = (await ListJobsAsync(session, [])).SelectMany(job => job.Tags)
            .Concat((await ListRunsAsync(session, Most)).SelectMany(run => run.Tags));
        return tags.GroupBy(tag => tag).Select(group => (group.Key, "tag"));
    }

    /// <summary>Of the runs that are named, else of the newest one.</summary>
    private static async Task<IEnumerable<(string Word, string What)>> MetricsAsync(Session session, string[] runs)
    {
        var directories = new List<string>();
        foreach (var run in runs)
        {
            try
            {
                directories.Add((await RunChoice.ResolveAsync(session, run)).RunDir);
            }
            catch (CommandFailure)
            {
                // A word that names no run, yet or ever.
                continue;
            }
        }

        if (directories.Count == 0)
        {
            directories.AddRange((await ListRunsAsync(session, 1)).Select(run => run.RunDir));
        }

        return directories.SelectMany(MetricTail.Names).Distinct().Select(name => (name, "metric"));
    }

    private static async Task<IEnumerable<(string Word, string What)>> ArtifactsAsync(Session session, string[] runs) =>
        runs is [var run, ..]
            ? FileTree.Files(Path.Combine((await RunChoice.ResolveAsync(session, run)).RunDir, RunFiles.Artifacts)).Select(file => (file.Path, "artifact"))
            : [];
}
