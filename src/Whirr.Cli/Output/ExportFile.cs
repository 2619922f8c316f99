using System.Text;
using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>A file of records: CSV, one JSON array, or JSON Lines.</summary>
internal sealed class ExportFile(Stream to, string extension) : IDisposable
{
    private bool _isBegun;

    public bool IsCsv { get; } = extension == ".csv";

    /// <summary>True: one object a line, and names with dots rather than objects in objects.</summary>
    public bool IsLines { get; } = extension == ".jsonl";

    /// <summary>How many records there are.</summary>
    public long Count { get; private set; }

    public void Header(IEnumerable<string> names) => to.Write(Encoding.UTF8.GetBytes(Csv.Line(names)));

    public void Add(IEnumerable<string> cells)
    {
        to.Write(Encoding.UTF8.GetBytes(Csv.Line(cells)));
        Count++;
    }

    public void Add(Action<Utf8JsonWriter> write)
    {
        if (!IsLines)
        {
            to.Write(_isBegun ? ","u8 : "[\n"u8);
            _isBegun = true;
        }

        to.Write(JsonLine.Format(write));
        Count++;
    }

    public void Dispose()
    {
        if (!IsCsv && !IsLines)
        {
            to.Write(_isBegun ? "]\n"u8 : "[]\n"u8);
        }
    }
}
