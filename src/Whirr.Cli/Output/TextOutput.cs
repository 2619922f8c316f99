using System.Text;
using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>Text and JSON in UTF-8 on one of the standard streams. Each call is one write: lines of several programs do not mix.</summary>
internal sealed class TextOutput(Stream stream, bool colours)
{
    /// <summary>True when escape sequences are welcome: a terminal, and NO_COLOR is not set (https://no-color.org).</summary>
    public bool Colours { get; } = colours;

    public void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));

    public void WriteLine(string line) => Write(line + "\n");

    /// <summary>Bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>One JSON document on one line.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => stream.Write(JsonLine.Format(write));
}
