using System.Buffers;
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
        var at = JsonText.SkipBlanks(line, 0);
        if (at == line.Length || line[at] != '{' || (at = ReadObject(line, at, 0, isIgnored: false)) < 0 || JsonText.SkipBlanks(line, at) != line.Length)
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
        var end = JsonText.StringEnd(text);
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
        at = JsonText.SkipBlanks(line, at);
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
        at = JsonText.SkipBlanks(line, at + 1);
        if (at < line.Length && line[at] == '}')
        {
            return at + 1;
        }

        while (true)
        {
            at = JsonText.SkipBlanks(line, at);
            var end = at < line.Length && line[at] == '"' ? JsonText.StringEnd(line[at..]) : -1;
            if (end < 0)
            {
                return -1;
            }

            var before = _path.Length;
            if (!isIgnored)
            {
                _path.Append(depth == 0 ? "" : ".").Append(JsonText.Unescape(line[(at + 1)..(at + end - 1)]));
            }

            at = JsonText.SkipBlanks(line, at + end);
            if (at == line.Length || line[at] != ':' || (at = ReadValue(line, at + 1, depth + 1, isIgnored)) < 0)
            {
                return -1;
            }

            _path.Length = before;
            at = JsonText.SkipBlanks(line, at);
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
        at = JsonText.SkipBlanks(line, at + 1);
        if (at < line.Length && line[at] == ']')
        {
            return at + 1;
        }

        while (true)
        {
            at = ReadValue(line, at, depth + 1, isIgnored: true);
            if (at < 0 || (at = JsonText.SkipBlanks(line, at)) == line.Length || line[at] is not ((byte)',' or (byte)']'))
            {
                return -1;
            }

            if (line[at++] == ']')
            {
                return at;
            }
        }
    }
}
