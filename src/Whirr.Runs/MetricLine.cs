using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Whirr.Runs;

/// <summary>A line of <c>metrics.jsonl</c>, read for values that are not finite.</summary>
/// <remarks>
/// Those are not JSON (RFC 8259), but every writer has its own way to say them: Python's json writes NaN and Infinity as bare words, others
/// write them as strings. So this reads JSON with such words allowed as values. A line that is not whole, or not an object, says nothing:
/// a power cut leaves half a line, and the line after it is glued to it.
/// </remarks>
public ref struct MetricLine
{
    private const int MostNested = 64;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(",]} \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _line;
    private readonly List<string> _path = [];
    private int _at;
    private NonFiniteMetric? _found;
    private string? _step;

    private MetricLine(ReadOnlySpan<byte> line) => _line = line;

    /// <summary>The first value of a line that is not finite; null when all are, or when the line cannot be read.</summary>
    /// <param name="line">UTF-8, with or without the newline.</param>
    public static NonFiniteMetric? FindNonFinite(ReadOnlySpan<byte> line)
    {
        var reader = new MetricLine(line);
        reader.SkipBlanks();
        return reader.Next == '{' && reader.ReadValue(0) && reader.IsAtEnd() && reader._found is { } found
            ? found with { Step = reader._step }
            : null;
    }

    private readonly int Next => _at < _line.Length ? _line[_at] : -1;

    private bool ReadValue(int depth)
    {
        SkipBlanks();
        switch (Next)
        {
            case '{': return depth < MostNested && ReadObject(depth);
            case '[': return depth < MostNested && ReadArray(depth);
            case '"':
                var start = _at;
                if (!SkipString())
                {
                    return false;
                }

                Note(_line[(start + 1)..(_at - 1)]);
                return true;
            default: return ReadWord();
        }
    }

    private bool ReadObject(int depth)
    {
        _at++;
        SkipBlanks();
        if (TryTake('}'))
        {
            return true;
        }

        do
        {
            SkipBlanks();
            var start = _at;
            if (Next != '"' || !SkipString() || Unescape(_line[start.._at]) is not { } key)
            {
                return false;
            }

            SkipBlanks();
            _path.Add(depth == 0 ? key : $".{key}");
            if (!TryTake(':') || !ReadValue(depth + 1))
            {
                return false;
            }

            _path.RemoveAt(_path.Count - 1);
            SkipBlanks();
        }
        while (TryTake(','));
        return TryTake('}');
    }

    private bool ReadArray(int depth)
    {
        _at++;
        SkipBlanks();
        if (TryTake(']'))
        {
            return true;
        }

        var index = 0;
        do
        {
            _path.Add($"[{index++}]");
            if (!ReadValue(depth + 1))
            {
                return false;
            }

            _path.RemoveAt(_path.Count - 1);
            SkipBlanks();
        }
        while (TryTake(','));
        return TryTake(']');
    }

    /// <summary>A number, or one of the words.</summary>
    private bool ReadWord()
    {
        var rest = _line[_at..];
        var end = rest.IndexOfAny(WordEnds);
        var word = end < 0 ? rest : rest[..end];
        _at += word.Length;
        if (word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8))
        {
            return true;
        }

        // More digits than a double has room for are an infinity to whoever reads them.
        if (Utf8Parser.TryParse(word, out double number, out var used) && used == word.Length && IsDigitOrMinus(word[0]))
        {
            Note(double.IsFinite(number) ? word : double.IsNegative(number) ? "-inf"u8 : "inf"u8);
            return true;
        }

        return Note(word);
    }

    private static bool IsDigitOrMinus(byte first) => first is (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    /// <summary>Remembers a value if it is the step or not finite; true for the latter.</summary>
    private bool Note(ReadOnlySpan<byte> value)
    {
        if (_path is ["step"] && value.Length <= 32)
        {
            _step = Encoding.UTF8.GetString(value);
        }

        var word = NonFinite(value);
        if (word is not null)
        {
            _found ??= new NonFiniteMetric(string.Concat(_path), word, null);
        }

        return word is not null;
    }

    private static string? NonFinite(ReadOnlySpan<byte> value)
    {
        var isNegative = value is [(byte)'-', ..];
        var word = isNegative || value is [(byte)'+', ..] ? value[1..] : value;
        return Ascii.EqualsIgnoreCase(word, "nan"u8) ? "NaN"
            : Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8) ? isNegative ? "-Infinity" : "Infinity"
            : null;
    }

    private bool SkipString()
    {
        for (_at++; _at < _line.Length; _at++)
        {
            switch (_line[_at])
            {
                case (byte)'\\':
                    _at++;
                    break;
                case (byte)'"':
                    _at++;
                    return true;
                case < 0x20:
                    return false;
            }
        }

        return false;
    }

    private static string? Unescape(ReadOnlySpan<byte> quoted)
    {
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.GetString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool TryTake(char expected)
    {
        if (Next != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }
    }

    private bool IsAtEnd()
    {
        SkipBlanks();
        return _at == _line.Length;
    }
}
