using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Sweeps;

/// <summary>Reads a metric of one run at some steps, on and on while the run writes.</summary>
/// <param name="metric">Its name.</param>
/// <param name="rungs">The steps, ascending.</param>
internal sealed class RungReader(string metric, IReadOnlyList<double> rungs) : IRowSink
{
    private readonly MetricNames _names = new();
    private readonly double?[] _values = new double?[rungs.Count];
    private MetricsReader? _reader;
    private double? _last;

    /// <summary>The last value there was at the first line at or past each rung; null before.</summary>
    public IReadOnlyList<double?> AtRungs => _values;

    /// <summary>Reads what has been added; a run whose files cannot be read stays where it is.</summary>
    public void ReadOn(string runDir)
    {
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            using var file = directory.OpenFile(RunFiles.Metrics);
            if (file is not null)
            {
                (_reader ??= new MetricsReader(_names)).Read(file, this);
            }
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            // Not started yet, perhaps; the next look tells.
        }
    }

    public void Take(MetricRow row)
    {
        var column = _names.Find(metric);
        var at = column < 0 ? -1 : row.Columns.IndexOf(column);
        if (at >= 0 && !MetricRow.IsAbsent(row.Values[at]))
        {
            _last = row.Values[at];
        }

        var step = MetricRow.IsAbsent(row.Step) ? row.Index : row.Step;
        for (var rung = 0; rung < rungs.Count && step >= rungs[rung]; rung++)
        {
            _values[rung] ??= _last;
        }
    }
}
