namespace Whirr.Bench;

/// <summary>Measured values of one thing, in one unit; at least one.</summary>
internal sealed class Sample
{
    private readonly double[] _sorted;

    public Sample(IEnumerable<double> values)
    {
        _sorted = [.. values.Order()];
        ArgumentOutOfRangeException.ThrowIfZero(_sorted.Length, nameof(values));
    }

    public int Count => _sorted.Length;

    public double Min => _sorted[0];

    public double P50 => Percentile(0.50);

    public double P95 => Percentile(0.95);

    public double P99 => Percentile(0.99);

    public double Max => _sorted[^1];

    /// <summary>The smallest value that at least this share of the values does not exceed (nearest rank: a value that was measured).</summary>
    /// <param name="share">0 to 1.</param>
    private double Percentile(double share) => _sorted[Math.Max(0, (int)Math.Ceiling(share * _sorted.Length) - 1)];
}
