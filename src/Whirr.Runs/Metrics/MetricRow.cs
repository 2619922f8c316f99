namespace Whirr.Runs.Metrics;

/// <summary>One line of a file of metrics: its axes and its numbers.</summary>
public sealed class MetricRow
{
    /// <summary>Stands where a row has no value: a NaN that no file can hold, so that a NaN which was logged is another thing.</summary>
    public static readonly double Absent = BitConverter.UInt64BitsToDouble(0x7FF8_0000_5A5A_A5A5);

    private int[] _columns = new int[16];
    private double[] _values = new double[16];

    // By column: the number of the row that set it last, and at which place.
    private (long Row, int At)[] _set = new (long, int)[16];
    private long _number;

    public static bool IsAbsent(double value) => BitConverter.DoubleToUInt64Bits(value) == 0x7FF8_0000_5A5A_A5A5;

    /// <summary><c>_idx</c>, or <see cref="Absent"/>.</summary>
    public double Index { get; private set; }

    /// <summary><c>step</c>, or <see cref="Absent"/>.</summary>
    public double Step { get; private set; }

    /// <summary><c>_timestamp</c> in seconds since 1970, or <see cref="Absent"/>.</summary>
    public double Time { get; private set; }

    /// <summary>Numbers (<see cref="MetricNames"/>) of the metrics that this row has, in the order of the line.</summary>
    public ReadOnlySpan<int> Columns => _columns.AsSpan(0, Count);

    /// <summary>Their values; <see cref="Absent"/> where a name occurred twice and its last value is no number.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>True when a name occurred twice; the last value counts.</summary>
    internal bool HasTwice { get; private set; }

    internal void Clear()
    {
        _number++;
        Count = 0;
        HasTwice = false;
        Index = Step = Time = Absent;
    }

    internal void Set(int column, double value)
    {
        if (column < 0)
        {
            SetAxis(column, value);
            return;
        }

        if (column >= _set.Length)
        {
            Array.Resize(ref _set, Math.Max(column + 1, _set.Length * 2));
        }

        ref var set = ref _set[column];
        if (set.Row == _number)
        {
            HasTwice = true;
            _values[set.At] = value;
            return;
        }

        if (Count == _columns.Length)
        {
            Array.Resize(ref _columns, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        set = (_number, Count);
        _columns[Count] = column;
        _values[Count++] = value;
    }

    /// <summary>The same name had a number before in this line: the last value counts, and it is none.</summary>
    internal void Remove(int column)
    {
        if (column < 0)
        {
            SetAxis(column, Absent);
        }
        else if (column < _set.Length && _set[column] is var set && set.Row == _number)
        {
            HasTwice = true;
            _values[set.At] = Absent;
        }
    }

    private void SetAxis(int column, double value)
    {
        switch (column)
        {
            case MetricNames.Index:
                Index = value;
                break;
            case MetricNames.Step:
                Step = value;
                break;
            case MetricNames.Time:
                Time = value;
                break;
        }
    }
}
