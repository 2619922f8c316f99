using System.Text;
using System.Text.Json;

namespace Whirr.Cli.Output;

/// <summary>Text and JSON in UTF-8 on one of the standard streams. Each call is one write: lines of several programs do not mix.</summary>
/// <param name="stream">Gets the bytes.</param>
/// <param name="colours">True when escape sequences are welcome.</param>
/// <param name="columns">Tells the width of the terminal (0: it does not say), null when there is none; asked when it matters.</param>
internal sealed class TextOutput(Stream stream, bool colours, Func<int?>? columns = null)
{
    /// <summary>True when escape sequences are welcome: a terminal, and NO_COLOR is not set (https://no-color.org).</summary>
    public bool Colours { get; } = colours;

    /// <summary>True when a person reads along.</summary>
    public bool IsTerminal => columns?.Invoke() is not null;

    /// <summary>How many characters fit in a line; null when that is not known or does not matter.</summary>
    public int? Width => columns?.Invoke() is > 0 and var width ? width : null;

    public void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));

    public void WriteLine(string line) => Write(line + "\n");

    /// <summary>Bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => stream.Write(bytes);

    /// <summary>One JSON document on one line.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write) => stream.Write(JsonLine.Format(write));
}
