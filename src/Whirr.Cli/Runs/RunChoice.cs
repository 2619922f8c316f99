using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>Runs as people name them: by id, by the beginning of one that only one run has, by the number of a job, by a path.</summary>
/// <remarks>
/// A path is read from the files and needs no daemon. Everything else is for the daemon to say; when none answers, the runs of the project
/// that the caller stands in are still found.
/// </remarks>
internal static class RunChoice
{
    private const int MostNamed = 5;

    /// <summary>The run that <paramref name="word"/> names.</summary>
    /// <exception cref="CommandFailure">There is none, several begin so, or no daemon answers.</exception>
    public static async Task<ChosenRun> ResolveAsync(Session session, string word)
    {
        if (word.StartsWith('-') || word.Length == 0)
        {
            throw CommandFailure.Usage($"there is no option {SafeText.Quote(word)} here; `--help` lists the options.");
        }

        if (PathOf(session.Surroundings, word) is { } path)
        {
            return FromFiles(path, session.Now);
        }

        var roots = ProjectRuns(session.Surroundings);
        var request = new GetRunRequest { Run = word };
        request.Roots.AddRange(roots);
        try
        {
            var run = await session.Daemon.AskAsync(call => session.Daemon.Runs.GetAsync(request, call));
            return new ChosenRun(run.RunDir, run);
        }
        catch (CommandFailure failure) when (failure.Kind == FailureKind.NoDaemon)
        {
            if (FindIn(roots, word, session.Now) is { } found)
            {
                return found;
            }

            throw;
        }
    }

    /// <summary>The runs that <paramref name="words"/> name, each once, in the order they were first named.</summary>
    /// <remarks>All are asked for at once: the daemon looks at the files for each question, but for those that wait meanwhile only once.</remarks>
    public static async Task<IReadOnlyList<ChosenRun>> ResolveAsync(Session session, IReadOnlyList<string> words) =>
        [.. (await Task.WhenAll(words.Select(word => ResolveAsync(session, word)))).DistinctBy(run => run.RunDir)];

    /// <summary>Directories of runs to look into first: that of the nearest project, if there is one.</summary>
    public static IReadOnlyList<string> ProjectRuns(Surroundings surroundings) => RunRoots.OfProject(surroundings) is { } runs ? [runs] : [];

    /// <summary>The path that a word is: it has a slash, or names a run directory that lies here.</summary>
    private static string? PathOf(Surroundings surroundings, string word)
    {
        if (word.Contains('/') || word is "." or "..")
        {
            return Path.TrimEndingDirectorySeparator(surroundings.Resolve(word));
        }

        if (word.All(char.IsAsciiDigit))
        {
            return null;
        }

        try
        {
            var here = surroundings.Resolve(word);
            return IsRun(here) ? here : null;
        }
        catch (CommandFailure)
        {
            return null;
        }
    }

    private static ChosenRun FromFiles(string path, DateTimeOffset now)
    {
        if (!Directory.Exists(path))
        {
            throw new CommandFailure(
                FailureKind.NotFound,
                $"there is no directory {SafeText.Quote(path)}. Runs have ids too: `whirrctl runs` lists them.");
        }

        return IsRun(path)
            ? new ChosenRun(path, RunLife.Judge(RunRecord.Read(path), now))
            : throw new CommandFailure(
                FailureKind.NotFound,
                $"{SafeText.Quote(path)} is no run directory: it has neither {RunFiles.Meta} nor {RunFiles.Metrics}.");
    }

    private static bool IsRun(string path) =>
        File.Exists(Path.Combine(path, RunFiles.Meta)) || File.Exists(Path.Combine(path, RunFiles.Metrics));

    private static ChosenRun? FindIn(IReadOnlyList<string> roots, string word, DateTimeOffset now)
    {
        var number = word.All(char.IsAsciiDigit) ? $"job-{word}" : null;
        var found = new List<string>();
        foreach (var root in roots)
        {
            foreach (var exact in (string?[])[number, word])
            {
                if (exact is not null && IsRun(Path.Combine(root, exact)))
                {
                    return FromFiles(Path.Combine(root, exact), now);
                }
            }

            if (number is null && Directory.Exists(root))
            {
                found.AddRange(Directory.EnumerateDirectories(root)
                    .Where(path => Path.GetFileName(path).StartsWith(word, StringComparison.Ordinal) && IsRun(path)));
            }
        }

        return found switch
        {
            [] => null,
            [var only] => FromFiles(only, now),
            _ => throw new CommandFailure(
                FailureKind.WrongState,
                $"{SafeText.Quote(word)} is the beginning of several runs: "
                    + string.Join(", ", found.Select(path => SafeText.Escape(Path.GetFileName(path))).Order(StringComparer.Ordinal).Take(MostNamed))
                    + (found.Count > MostNamed ? ", ..." : ".")),
        };
    }
}
