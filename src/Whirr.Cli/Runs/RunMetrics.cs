using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Syntax;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>The metrics of a run, read with the caller's own rights.</summary>
internal static class RunMetrics
{
    private const string System = "system.jsonl";

    /// <summary>The outline of <c>metrics.jsonl</c>; an empty one when the run has none.</summary>
    /// <exception cref="CommandFailure">It is there and cannot be read.</exception>
    public static FileOutline Read(Surroundings surroundings, string runDir) =>
        ReadFile(surroundings, Path.Combine(runDir, RunFiles.Metrics)) ?? new FileOutline();

    /// <summary>The outline of the file of a run that has <paramref name="metric"/>: its metrics, those of the machine, those of other ranks.
    /// Null when none has it.</summary>
    public static (FileOutline File, string Path)? Find(Surroundings surroundings, string runDir, string metric)
    {
        foreach (var path in Files(runDir))
        {
            if (ReadFile(surroundings, path) is { } outline && outline.Find(metric) is not null)
            {
                return (outline, path);
            }
        }

        return null;
    }

    /// <summary>All names that occur in the files of a run.</summary>
    public static IReadOnlyList<string> Names(Surroundings surroundings, string runDir) =>
        [.. Files(runDir).SelectMany(path => ReadFile(surroundings, path)?.Metrics.Select(metric => metric.Name) ?? []).Distinct()];

    /// <summary>Passes the rows of a file; nothing when it is not there.</summary>
    public static void ReadRows(string path, MetricNames names, IRowSink sink) => Use<object>(path, file =>
    {
        new MetricsReader(names).Read(file, sink);
        return null;
    });

    private static IEnumerable<string> Files(string runDir)
    {
        yield return Path.Combine(runDir, RunFiles.Metrics);
        yield return Path.Combine(runDir, System);
        if (Directory.Exists(runDir))
        {
            foreach (var path in Directory.EnumerateFiles(runDir, "metrics.rank*.jsonl").Order(StringComparer.Ordinal))
            {
                yield return path;
            }
        }
    }

    private static FileOutline? ReadFile(Surroundings surroundings, string path) => Use(path, file =>
        new OutlineCache(CacheDirectory(surroundings), surroundings.Clock)
            .Read(file, FileOwner.Identity(path) ?? default, Environment.ProcessorCount));

    private static T? Use<T>(string path, Func<Microsoft.Win32.SafeHandles.SafeFileHandle, T?> use)
        where T : class
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return use(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"{SafeText.Quote(path)} cannot be read: {FileProblem.Describe(exception)}.", exception);
        }
    }

    private static string? CacheDirectory(Surroundings surroundings) =>
        surroundings.Variable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache) ? Path.Combine(cache, "whirr")
        : surroundings.Variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "whirr")
        : null;
}
