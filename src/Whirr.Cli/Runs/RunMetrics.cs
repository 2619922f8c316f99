using Microsoft.Win32.SafeHandles;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Syntax;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>The metrics of a run, read with the caller's own rights. Links are not followed, and only plain files are read.</summary>
internal static class RunMetrics
{
    // Names stand in the first rows; whoever wants to know which there are need not read all of a file.
    private const long HeadBytes = 64 * 1024;

    private static readonly MetricsFile System = new(RunFiles.System, null, null);

    /// <summary>The outline of the file of a rank, good for totals and nothing else; null when the run has none.</summary>
    /// <exception cref="CommandFailure">It is there and cannot be read.</exception>
    public static FileOutline? ReadTotals(Surroundings surroundings, string runDir, int rank) => Use(
        runDir, MetricsFile.OfRank(rank), file => Outline(surroundings, file, mostBuckets: 1));

    /// <summary>The outline of a file in an open directory; null when there is none of that name.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public static FileOutline? Read(Surroundings surroundings, OpenDirectory directory, string name)
    {
        using var file = directory.OpenFile(name);
        return file is null ? null : Outline(surroundings, file);
    }

    /// <summary>The outline of the file of a run that has <paramref name="metric"/>: of the rank; when none is named of rank 0, of the machine,
    /// or of the first other process that has it. Null when none has.</summary>
    public static (FileOutline Outline, MetricsFile File)? Find(Surroundings surroundings, string runDir, string metric, int? rank)
    {
        foreach (var file in Candidates(runDir, rank))
        {
            if (Use(runDir, file, handle => Outline(surroundings, handle)) is { } outline && outline.Find(metric) is not null)
            {
                return (outline, file);
            }
        }

        return null;
    }

    /// <summary>The names that occur in the first rows of a file.</summary>
    public static IReadOnlyList<string> Names(string runDir, MetricsFile file) => Use(runDir, file, handle =>
    {
        var names = new MetricNames();
        new MetricsReader(names).Read(handle, new Nobody(), HeadBytes);
        return names.All;
    }) ?? [];

    /// <summary>All names that occur in the files of a run, or in that of a rank.</summary>
    public static IReadOnlyList<string> Names(string runDir, int? rank) =>
        [.. Candidates(runDir, rank).SelectMany(file => Names(runDir, file)).Distinct()];

    /// <summary>The files of all processes of a run, that of rank 0 first.</summary>
    public static IReadOnlyList<MetricsFile> Files(string runDir)
    {
        try
        {
            return [.. Directory.EnumerateFiles(runDir, "metrics.*").Select(path => MetricsFile.TryParse(Path.GetFileName(path))).OfType<MetricsFile>().OrderBy(file => file.Place)];
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            // What may not be listed may still be read by its name.
            return [MetricsFile.Main];
        }
    }

    /// <summary>Passes the rows of a file; nothing when it is not there.</summary>
    public static void ReadRows(string runDir, MetricsFile file, MetricNames names, IRowSink sink) => Use<object>(runDir, file, handle =>
    {
        new MetricsReader(names).Read(handle, sink);
        return null;
    });

    /// <summary>What to say when no run has a file of a rank.</summary>
    public static CommandFailure NoRank(IReadOnlyList<ChosenRun> runs, int rank)
    {
        var ranks = runs.SelectMany(run => Files(run.RunDir)).Select(file => file.Rank).OfType<int>().Distinct().Order().ToList();
        return new CommandFailure(
            FailureKind.NotFound,
            $"no run has metrics of rank {rank}. {(ranks.Count == 0 ? "No metrics were logged yet." : $"There are those of rank {string.Join(", ", ranks)}.")}");
    }

    private static IEnumerable<MetricsFile> Candidates(string runDir, int? rank) =>
        rank is { } one ? [MetricsFile.OfRank(one)] : Files(runDir).Except([MetricsFile.Main]).Prepend(System).Prepend(MetricsFile.Main);

    private static FileOutline Outline(Surroundings surroundings, SafeFileHandle file, int mostBuckets = MetricOutline.MostBuckets) =>
        new OutlineCache(CacheDirectory(surroundings), surroundings.Clock)
            .Read(file, FileFacts.Of(file)?.Identity ?? default, Environment.ProcessorCount, mostBuckets);

    private static T? Use<T>(string runDir, MetricsFile which, Func<SafeFileHandle, T?> use)
        where T : class
    {
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            using var file = directory.OpenFile(which.Name);
            return file is null ? null : use(file);
        }
        catch (IOException exception) when (exception.HResult == ErrorNumber.NoSuchFile)
        {
            return null;
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(
                FailureKind.Files, $"{SafeText.Quote(Path.Combine(runDir, which.Name))} cannot be read: {FileProblem.Describe(exception)}.", exception);
        }
    }

    private static string? CacheDirectory(Surroundings surroundings) =>
        surroundings.Variable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? Path.Combine(cache, "whirr")
        : surroundings.Variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "whirr")
        : null;

    private sealed class Nobody : IRowSink
    {
        public void Take(MetricRow row)
        {
        }
    }
}
