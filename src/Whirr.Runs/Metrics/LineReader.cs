using System.Buffers;
using System.Globalization;
using System.Text;

namespace Whirr.Runs.Metrics;

/// <summary>Reads lines of JSON into a <see cref="MetricRow"/>.</summary>
/// <remarks>
/// Nested objects give dotted names. Values that are no numbers, and everything in arrays, are left out. Not-a-number and the infinities
/// are read as strings and as bare words. A name that occurs twice has the value that comes last, as everywhere with JSON.
/// </remarks>
internal sealed class LineReader(MetricNames names)
{
    private const int MostNested = 64;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(",]} \t\r\n"u8);

    private readonly LineShapes _shapes = new();
    private readonly StringBuilder _path = new();
    private readonly List<(int Start, int End, int Column)> _values = [];
    private MetricTimestamps _timestamps;

    public MetricRow Row { get; } = new();

    /// <summary>Reads one line, without its newline, into <see cref="Row"/>.</summary>
    /// <returns>False: it is not one whole JSON object.</returns>
    public bool Read(ReadOnlySpan<byte> line)
    {
        Row.Clear();
        if (ReadAsBefore(line))
        {
            return true;
        }

        Row.Clear();
        _path.Clear();
        _values.Clear();
        var at = SkipBlanks(line, 0);
        if (at == line.Length || line[at] != '{' || (at = ReadObject(line, at, 0, isIgnored: false)) < 0 || SkipBlanks(line, at) != line.Length)
        {
            return false;
        }

        if (!Row.HasTwice)
        {
            _shapes.Learn(line, _values);
        }

        return true;
    }

    private bool ReadAsBefore(ReadOnlySpan<byte> line)
    {
        var rest = line;
        var shape = _shapes.Root.Next;
        while (shape is not null)
        {
            if (!rest.StartsWith(shape.Text))
            {
                shape = shape.Sibling;
                continue;
            }

            rest = rest[shape.Text.Length..];
            if (shape.IsEnd)
            {
                if (rest.IsEmpty)
                {
                    return true;
                }

                rest = line[(line.Length - rest.Length - shape.Text.Length)..];
                shape = shape.Sibling;
                continue;
            }

            var used = ReadScalar(rest, shape.Column);
            if (used <= 0)
            {
                return false;
            }

            rest = rest[used..];
            shape = shape.Next;
        }

        return false;
    }

    /// <summary>Reads a value that is neither object nor array.</summary>
    /// <returns>Its length; -1 when it is none.</returns>
    private int ReadScalar(ReadOnlySpan<byte> text, int column)
    {
        if (text.IsEmpty)
        {
            return -1;
        }

        if ((uint)(text[0] - '0') <= 9 || text[0] == '-')
        {
            var length = JsonNumber.Read(text, out var number);
            if (length > 0)
            {
                Row.Set(column, number);
                return length;
            }
        }

        return text[0] == '"' ? ReadString(text, column) : ReadWord(text, column);
    }

    private int ReadString(ReadOnlySpan<byte> text, int column)
    {
        var end = StringEnd(text);
        if (end < 0)
        {
            return -1;
        }

        var content = text[1..(end - 1)];
        if (column == MetricNames.Time && _timestamps.TryRead(content, out var time))
        {
            Row.Set(column, time);
        }
        else if (column != MetricNames.Ignored && content.Length is >= 3 and <= 9 && MetricWords.TryRead(content, out var number))
        {
            Row.Set(column, number);
        }
        else
        {
            Row.Remove(column);
        }

        return end;
    }

    private int ReadWord(ReadOnlySpan<byte> text, int column)
    {
        var end = text.IndexOfAny(WordEnds);
        var word = end < 0 ? text : text[..end];
        if (word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8))
        {
            Row.Remove(column);
            return word.Length;
        }

        if (!MetricWords.TryRead(word, out var number))
        {
            return -1;
        }

        Row.Set(column, number);
        return word.Length;
    }

    private int ReadValue(ReadOnlySpan<byte> line, int at, int depth, bool isIgnored)
    {
        at = SkipBlanks(line, at);
        if (at == line.Length)
        {
            return -1;
        }

        switch (line[at])
        {
            case (byte)'{': return depth < MostNested ? ReadObject(line, at, depth, isIgnored) : -1;
            case (byte)'[': return depth < MostNested ? ReadArray(line, at, depth) : -1;
        }

        var column = isIgnored ? MetricNames.Ignored : names.GetOrAdd(_path.ToString());
        var length = ReadScalar(line[at..], column);
        if (length <= 0)
        {
            return -1;
        }

        _values.Add((at, at + length, column));
        return at + length;
    }

    private int ReadObject(ReadOnlySpan<byte> line, int at, int depth, bool isIgnored)
    {
        at = SkipBlanks(line, at + 1);
        if (at < line.Length && line[at] == '}')
        {
            return at + 1;
        }

        while (true)
        {
            at = SkipBlanks(line, at);
            var end = at < line.Length && line[at] == '"' ? StringEnd(line[at..]) : -1;
            if (end < 0)
            {
                return -1;
            }

            var before = _path.Length;
            if (!isIgnored)
            {
                _path.Append(depth == 0 ? "" : ".").Append(Unescape(line[(at + 1)..(at + end - 1)]));
            }

            at = SkipBlanks(line, at + end);
            if (at == line.Length || line[at] != ':' || (at = ReadValue(line, at + 1, depth + 1, isIgnored)) < 0)
            {
                return -1;
            }

            _path.Length = before;
            at = SkipBlanks(line, at);
            if (at == line.Length || line[at] is not ((byte)',' or (byte)'}'))
            {
                return -1;
            }

            if (line[at++] == '}')
            {
                return at;
            }
        }
    }

    private int ReadArray(ReadOnlySpan<byte> line, int at, int depth)
    {
        at = SkipBlanks(line, at + 1);
        if (at < line.Length && line[at] == ']')
        {
            return at + 1;
        }

        while (true)
        {
            at = ReadValue(line, at, depth + 1, isIgnored: true);
            if (at < 0 || (at = SkipBlanks(line, at)) == line.Length || line[at] is not ((byte)',' or (byte)']'))
            {
                return -1;
            }

            if (line[at++] == ']')
            {
                return at;
            }
        }
    }

    private static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    /// <summary>Length of the string that <paramref name="text"/> begins with, quotes included; -1 when it is not whole.</summary>
    private static int StringEnd(ReadOnlySpan<byte> text)
    {
        var at = 1;
        while (true)
        {
            var next = text[at..].IndexOfAny(StringStops);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            switch (text[at])
            {
                case (byte)'"': return at + 1;
                case (byte)'\\':
                    at = SkipEscape(text, at + 1);
                    if (at < 0)
                    {
                        return -1;
                    }

                    break;
                default: return -1;
            }
        }
    }

    private static int SkipEscape(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length)
        {
            return -1;
        }

        if (text[at] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(text[at]) ? at + 1 : -1;
        }

        // The framework's own reading of hexadecimal numbers takes NULs behind them.
        return at + 5 <= text.Length && !text.Slice(at + 1, 4).ContainsAnyExcept(HexDigits) ? at + 5 : -1;
    }

    /// <summary>The text of a string that is whole. Bytes that are not UTF-8 are replaced.</summary>
    private static string Unescape(ReadOnlySpan<byte> content)
    {
        var text = Encoding.UTF8.GetString(content);
        if (!text.Contains('\\'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at]);
                continue;
            }

            at++;
            if (text[at] == 'u')
            {
                plain.Append((char)ushort.Parse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                at += 4;
                continue;
            }

            plain.Append(text[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
        }

        return plain.ToString();
    }
}
