using System.Buffers;
using System.Globalization;
using System.Text;

namespace Whirr.Runs.Metrics;

/// <summary>The parts of JSON that need no memory of what came before: blanks and strings (RFC 8259).</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Where the next byte that is no blank lies; the length of the line when none does.</summary>
    public static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    /// <summary>Length of the string that <paramref name="text"/> begins with, quotes included; -1 when it is not whole.</summary>
    public static int StringEnd(ReadOnlySpan<byte> text)
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
    public static string Unescape(ReadOnlySpan<byte> content)
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
