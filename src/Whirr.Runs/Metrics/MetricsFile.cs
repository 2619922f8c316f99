using System.Globalization;

namespace Whirr.Runs.Metrics;

/// <summary>One of the files in which the processes of a run keep what they measured; none writes to that of another.</summary>
/// <param name="Name">Its name in the run directory.</param>
/// <param name="Rank">Rank of a distributed run, from 0; null: a process that has none.</param>
/// <param name="Process">Id of a process that found the file of its rank in the hands of another; null: the file of a rank.</param>
public sealed record MetricsFile(string Name, int? Rank, int? Process)
{
    private const string RankBegin = "metrics.rank";
    private const string ProcessBegin = "metrics.pid";
    private const string End = ".jsonl";

    /// <summary>The file of rank 0, which is that of every run that has no ranks.</summary>
    public static MetricsFile Main { get; } = new(RunFiles.Metrics, 0, null);

    /// <summary>The file of a rank.</summary>
    public static MetricsFile OfRank(int rank) =>
        rank == 0 ? Main : new(string.Create(CultureInfo.InvariantCulture, $"{RankBegin}{rank}{End}"), rank, null);

    /// <summary>What a file of this name is; null when it is none of them.</summary>
    public static MetricsFile? TryParse(string name)
    {
        if (name == RunFiles.Metrics)
        {
            return Main;
        }

        return Number(name, RankBegin) is > 0 and var rank ? OfRank(rank) is var file && file.Name == name ? file : null
            : Number(name, ProcessBegin) is { } process ? new MetricsFile(name, null, process)
            : null;
    }

    /// <summary>Sorts files: ranks first, in their order, then processes.</summary>
    public (int Rank, int Process) Place => (Rank ?? int.MaxValue, Process ?? 0);

    private static int? Number(string name, string begin) =>
        name.StartsWith(begin, StringComparison.Ordinal)
        && name.EndsWith(End, StringComparison.Ordinal)
        && name.Length > begin.Length + End.Length
        && int.TryParse(name.AsSpan()[begin.Length..^End.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
