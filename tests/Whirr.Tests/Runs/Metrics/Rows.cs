using System.Text;
using Whirr.Runs.Metrics;

namespace Whirr.Tests.Runs.Metrics;

/// <summary>Collects what a reader finds.</summary>
internal sealed class Rows(MetricNames names) : IRowSink
{
    public List<SortedDictionary<string, long>> All { get; } = [];

    public static (List<SortedDictionary<string, long>> Rows, MetricsReader Reader) Read(byte[] content)
    {
        var names = new MetricNames();
        var reader = new MetricsReader(names);
        var rows = new Rows(names);
        rows.ReadOn(reader, content);
        return (rows.All, reader);
    }

    public static (List<SortedDictionary<string, long>> Rows, MetricsReader Reader) Read(string content) => Read(Encoding.UTF8.GetBytes(content));

    public void ReadOn(MetricsReader reader, byte[] content) => reader.Read(
        (to, offset) =>
        {
            var rest = content.AsSpan((int)Math.Min(offset, content.Length));
            rest[..Math.Min(rest.Length, to.Length)].CopyTo(to);
            return Math.Min(rest.Length, to.Length);
        },
        this,
        long.MaxValue);

    public void Take(MetricRow row) => All.Add(Of(row, names));

    public static SortedDictionary<string, long> Of(MetricRow row, MetricNames names)
    {
        var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
        Put(found, "_idx", row.Index);
        Put(found, "step", row.Step);
        Put(found, "_timestamp", row.Time);
        for (var at = 0; at < row.Count; at++)
        {
            Put(found, names.All[row.Columns[at]], row.Values[at]);
        }

        return found;
    }

    private static void Put(SortedDictionary<string, long> found, string name, double value)
    {
        if (!MetricRow.IsAbsent(value))
        {
            found[name] = BitConverter.DoubleToInt64Bits(value);
        }
    }
}
