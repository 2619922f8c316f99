namespace Whirr.Cli.Runs;

/// <summary>Which values of a metric are good ones.</summary>
internal static class MetricGoal
{
    private static readonly string[] Less = ["loss", "error", "mse", "mae"];

    /// <summary>True for metrics of which less is better: those whose names say so.</summary>
    public static bool IsLessBetter(string metric) => Array.Exists(Less, word => metric.Contains(word, StringComparison.OrdinalIgnoreCase));
}
