namespace Whirr.Cli.Ablations;

/// <summary>What each condition changes.</summary>
internal static class AblationRanking
{
    /// <summary>What one replicate came to.</summary>
    /// <param name="Condition">Name of its condition.</param>
    /// <param name="Value">The metric; null when the run did not measure it.</param>
    public readonly record struct Sample(string Condition, double? Value);

    /// <summary>A condition over all of its replicates.</summary>
    /// <param name="Condition">Its name.</param>
    /// <param name="Values">The measured values.</param>
    /// <param name="NoMetric">How many replicates completed and did not measure it.</param>
    /// <param name="Effect">Mean minus the mean of the baseline; null for the baseline, and where one of them has no values.</param>
    public sealed record Row(string Condition, IReadOnlyList<double> Values, int NoMetric, double? Effect)
    {
        public double? Mean => Values.Count == 0 ? null : Values.Average();

        /// <summary>Standard deviation of a sample; null for fewer than two values.</summary>
        public double? Deviation => Values.Count < 2 || Mean is not { } mean ? null : Math.Sqrt(Values.Sum(value => (value - mean) * (value - mean)) / (Values.Count - 1));
    }

    /// <summary>The baseline, then the others, the largest effect (of either sign) first; those without one last.</summary>
    public static IReadOnlyList<Row> Rank(IEnumerable<string> conditions, IReadOnlyList<Sample> samples)
    {
        var rows = conditions.Select(condition =>
        {
            var own = samples.Where(sample => sample.Condition == condition).ToList();
            return new Row(condition, [.. own.Select(sample => sample.Value).OfType<double>()], own.Count(sample => sample.Value is null), null);
        }).ToList();
        var baseline = rows.Find(row => row.Condition == Ablation.Baseline)?.Mean;
        return
        [
            .. rows.Where(row => row.Condition == Ablation.Baseline),
            .. rows.Where(row => row.Condition != Ablation.Baseline)
                .Select(row => row with { Effect = row.Mean - baseline })
                .OrderByDescending(row => row.Effect is { } effect ? Math.Abs(effect) : double.NegativeInfinity),
        ];
    }
}
