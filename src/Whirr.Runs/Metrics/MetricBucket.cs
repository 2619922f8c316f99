namespace Whirr.Runs.Metrics;

/// <summary>A value and where it lies.</summary>
/// <param name="Step"><c>step</c>; where a row has none its <c>_idx</c>, and without that its number in the file.</param>
/// <param name="Time">Seconds since 1970; NaN when the row does not say.</param>
/// <param name="Value">The value.</param>
public readonly record struct MetricPoint(double Step, double Time, double Value);

/// <summary>Values of a metric that follow each other, told by those that must not be lost.</summary>
public struct MetricBucket
{
    public MetricPoint First { get; private set; }
    public MetricPoint Last { get; private set; }

    /// <summary>The smallest finite value; NaN when there is none.</summary>
    public MetricPoint Least { get; private set; }

    /// <summary>The largest finite value; NaN when there is none.</summary>
    public MetricPoint Most { get; private set; }

    /// <summary>How many values.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them are not finite.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Sum of the finite ones.</summary>
    public double Sum { get; private set; }

    /// <summary>Mean of the finite values; NaN when there is none.</summary>
    public readonly double Mean => Count == NotFinite ? double.NaN : Sum / (Count - NotFinite);

    internal static MetricBucket Of(in MetricPoint point)
    {
        var isFinite = double.IsFinite(point.Value);
        var extreme = isFinite ? point : point with { Value = double.NaN };
        return new MetricBucket
        {
            First = point,
            Last = point,
            Least = extreme,
            Most = extreme,
            Count = 1,
            NotFinite = isFinite ? 0 : 1,
            Sum = isFinite ? point.Value : 0,
        };
    }

    internal void Add(in MetricPoint point)
    {
        Last = point;
        Count++;
        if (!double.IsFinite(point.Value))
        {
            NotFinite++;
            return;
        }

        Sum += point.Value;
        if (!(point.Value >= Least.Value))
        {
            Least = point;
        }

        if (!(point.Value <= Most.Value))
        {
            Most = point;
        }
    }

    internal void Add(in MetricBucket later)
    {
        Last = later.Last;
        Count += later.Count;
        NotFinite += later.NotFinite;
        Sum += later.Sum;
        if (later.Least.Value < Least.Value || double.IsNaN(Least.Value))
        {
            Least = later.Least;
        }

        if (later.Most.Value > Most.Value || double.IsNaN(Most.Value))
        {
            Most = later.Most;
        }
    }
}
