using System.Globalization;
using System.Text;

namespace Whirr.Cli.Syntax;

/// <summary>Text of others made safe to print: a job name must not move the cursor, colour the screen or fake a line.</summary>
internal static class SafeText
{
    /// <summary>Escapes control characters, line and paragraph separators and the marks that turn the direction of text:
    /// <c>\n</c>, <c>\t</c>, <c>\x1b</c>, <c>\u202e</c>. A backslash stays as it is.</summary>
    public static string Escape(string text)
    {
        var start = 0;
        while (start < text.Length && !IsUnsafe(text[start]))
        {
            start++;
        }

        if (start == text.Length)
        {
            return text;
        }

        var safe = new StringBuilder(text, 0, start, text.Length + 16);
        foreach (var c in text.AsSpan(start))
        {
            AppendEscaped(safe, c);
        }

        return safe.ToString();
    }

    /// <summary>Escaped, in double quotes, and cut when it is very long; for messages.</summary>
    public static string Quote(string text) => $"\"{Cut(Escape(text), 80)}\"";

    /// <summary>At most <paramref name="width"/> characters; an ellipsis tells that something is missing.</summary>
    public static string Cut(string text, int width)
    {
        if (text.Length <= width)
        {
            return text;
        }

        var end = width - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    /// <summary>True for characters that must not reach a terminal.</summary>
    public static bool IsUnsafe(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' or '\u200e' or '\u200f' or '\u061c';

    /// <summary>Appends <paramref name="c"/>, escaped when it is unsafe, in a way that bash's <c>$'...'</c> reads back.</summary>
    public static void AppendEscaped(StringBuilder to, char c)
    {
        if (!IsUnsafe(c))
        {
            to.Append(c);
            return;
        }

        _ = c switch
        {
            '\n' => to.Append(@"\n"),
            '\r' => to.Append(@"\r"),
            '\t' => to.Append(@"\t"),
            < '\x80' => to.Append(@"\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
            _ => to.Append(@"\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
        };
    }
}
