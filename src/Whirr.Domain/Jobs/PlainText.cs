using System.Globalization;
using System.Text;

namespace Whirr.Domain.Jobs;

/// <summary>Text of others (logs, names, what programs print) made harmless: it must not move a cursor, fake a line or add a header.</summary>
public static class PlainText
{
    private const int LongestLine = 400;
    private const char Escape = '\x1b';

    /// <summary>One line of at most <paramref name="longest"/> characters without control characters.</summary>
    public static string OneLine(string text, int longest = 300, bool keepIndent = false)
    {
        var line = new StringBuilder(Math.Min(text.Length, longest));
        var plain = WithoutEscapes(text);
        foreach (var c in keepIndent ? plain : plain.Trim())
        {
            if (line.Length >= longest)
            {
                return line.Append("...").ToString();
            }

            line.Append(IsHarmless(c) ? c : ' ');
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>The last lines of a piece of output; of a line that was written over (a progress bar) what was there last.</summary>
    /// <param name="output">The end of a log.</param>
    /// <param name="isWhole">False: it may begin within a line, and that line is left out.</param>
    /// <param name="lines">How many.</param>
    public static IReadOnlyList<string> LastLines(ReadOnlySpan<byte> output, bool isWhole, int lines)
    {
        if (!isWhole && output.IndexOf((byte)'\n') is >= 0 and var first)
        {
            output = output[(first + 1)..];
        }

        var found = Encoding.UTF8.GetString(output).TrimEnd('\0', '\r', '\n', ' ').Split('\n');
        return found is [""] ? [] : Array.ConvertAll(found[^Math.Min(lines, found.Length)..], Shown);
    }

    private static string Shown(string line)
    {
        line = line.TrimEnd('\r', ' ');
        return OneLine(line[(line.LastIndexOf('\r') + 1)..].Replace("\t", "    ", StringComparison.Ordinal), LongestLine, keepIndent: true);
    }

    // Control characters, separators of lines and paragraphs, and the marks that turn the direction of text.
    private static bool IsHarmless(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && c is not ((>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c');

    /// <summary>Takes out what ECMA-48 calls control sequences (colours, moves), strings (titles, links) and other escapes.</summary>
    private static string WithoutEscapes(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == Escape)
            {
                at = EndOfEscape(text, at + 1);
            }
            else
            {
                plain.Append(text[at]);
            }
        }

        return plain.ToString();
    }

    /// <summary>The index of the last character of an escape that goes on at <paramref name="at"/>.</summary>
    private static int EndOfEscape(string text, int at)
    {
        switch (at < text.Length ? text[at] : '\0')
        {
            case '[':
                do
                {
                    at++;
                }
                while (at < text.Length && text[at] is not (>= '@' and <= '~'));
                return at;
            case ']':
                while (at < text.Length && text[at] != '\a')
                {
                    at++;
                    if (at < text.Length && text[at] == Escape)
                    {
                        return at + 1;
                    }
                }

                return at;
            default:
                while (at < text.Length && text[at] is >= ' ' and <= '/')
                {
                    at++;
                }

                return at;
        }
    }
}
