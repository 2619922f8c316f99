using Microsoft.Win32.SafeHandles;

namespace Whirr.Runs.Metrics;

/// <summary>All metrics of a file in bounded memory, and how far the file was read: reading goes on from there.</summary>
public sealed class FileOutline
{
    // With so many metrics each has fewer buckets.
    private const int ManyMetrics = 64;
    private const int BucketsOfMany = 256;

    private readonly MetricNames _names = new();
    private readonly List<MetricOutline> _metrics = [];
    private readonly MetricsReader _reader;

    private readonly int _mostBuckets;

    /// <param name="mostBuckets">The most buckets of a metric; 1 when only <see cref="MetricOutline.Total"/> is wanted.</param>
    public FileOutline(int mostBuckets = MetricOutline.MostBuckets)
    {
        _mostBuckets = mostBuckets;
        _reader = new MetricsReader(_names);
    }

    /// <summary>Metrics in the order in which they first appear. One that only ever was no number has no buckets.</summary>
    public IReadOnlyList<MetricOutline> Metrics => _metrics;

    public long Rows => _reader.Rows;

    /// <summary>Lines that could not be read.</summary>
    public long BadLines => _reader.BadLines;

    /// <summary>Bytes that were read.</summary>
    public long Offset => _reader.Offset;

    /// <summary>The first <c>_timestamp</c>, seconds since 1970; NaN when there is none.</summary>
    public double Start { get; private set; } = double.NaN;

    /// <summary>The last one.</summary>
    public double End { get; private set; } = double.NaN;

    /// <summary>True when a row had neither step nor index and was counted instead.</summary>
    internal bool HasCountedSteps { get; private set; }

    private int MostBuckets => _metrics.Count > ManyMetrics ? Math.Min(BucketsOfMany, _mostBuckets) : _mostBuckets;

    /// <summary>The outline of a metric; null when no row has a value of it.</summary>
    public MetricOutline? Find(string name) =>
        _names.Find(name) is >= 0 and var at && at < _metrics.Count && _metrics[at].Buckets.Length > 0
        ? _metrics[at]
        : null;

    /// <summary>Reads what has been added to the file since the last time.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">Where to begin; only for the first time.</param>
    /// <param name="end">Where to stop.</param>
    internal void ReadOn(SafeFileHandle file, long? from = null, long end = long.MaxValue)
    {
        _reader.Offset = from ?? _reader.Offset;
        _reader.Read(file, new Sink(this), end);
    }

    /// <summary>Appends what comes behind this in the file.</summary>
    internal void Add(FileOutline later)
    {
        foreach (var metric in later._metrics)
        {
            Metric(_names.GetOrAdd(metric.Name)).Add(metric, MostBuckets);
        }

        _reader.Rows += later.Rows;
        _reader.BadLines += later.BadLines;
        _reader.Offset = later.Offset;
        Start = double.IsNaN(Start) ? later.Start : Start;
        End = double.IsNaN(later.End) ? End : later.End;
        HasCountedSteps |= later.HasCountedSteps;
    }

    /// <summary>How far it was read; null while that is the middle of a line that is skipped.</summary>
    internal OutlineState? State => _reader.IsSkipping ? null : new(Offset, Rows, BadLines, Start, End, HasCountedSteps);

    internal void Restore(OutlineState state)
    {
        (_reader.Offset, _reader.Rows, _reader.BadLines) = (state.Offset, state.Rows, state.BadLines);
        (Start, End, HasCountedSteps) = (state.Start, state.End, state.HasCountedSteps);
    }

    internal MetricOutline Restore(string name) => Metric(_names.GetOrAdd(name));

    private MetricOutline Metric(int number)
    {
        while (_metrics.Count <= number)
        {
            _metrics.Add(new MetricOutline(_names.All[_metrics.Count]));
        }

        return _metrics[number];
    }

    private void Take(MetricRow row)
    {
        var step = row.Step;
        if (MetricRow.IsAbsent(step) && MetricRow.IsAbsent(step = row.Index))
        {
            step = _reader.Rows - 1;
            HasCountedSteps = true;
        }

        var time = row.Time;
        if (MetricRow.IsAbsent(time))
        {
            time = double.NaN;
        }
        else
        {
            Start = double.IsNaN(Start) ? time : Start;
            End = time;
        }

        var values = row.Values;
        var columns = row.Columns;
        for (var at = 0; at < columns.Length; at++)
        {
            if (!MetricRow.IsAbsent(values[at]))
            {
                Metric(columns[at]).Add(new MetricPoint(step, time, values[at]), MostBuckets);
            }
        }
    }

    private sealed class Sink(FileOutline to) : IRowSink
    {
        public void Take(MetricRow row) => to.Take(row);
    }
}

/// <summary>How far a file was read, and what was found on the way.</summary>
internal readonly record struct OutlineState(long Offset, long Rows, long BadLines, double Start, double End, bool HasCountedSteps);
