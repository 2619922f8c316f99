namespace Whirr.Runs.Metrics;

/// <summary>Makes an outline of values over an axis of the caller's own.</summary>
/// <param name="name">Name of the metric.</param>
public sealed class MetricBuilder(string name)
{
    public MetricOutline Outline { get; } = new(name);

    /// <summary>Adds a value; the axis takes the place of the step.</summary>
    public void Add(double axis, double value) => Outline.Add(new MetricPoint(axis, double.NaN, value), MetricOutline.MostBuckets);
}
