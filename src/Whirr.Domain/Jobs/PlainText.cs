using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Whirr.Domain.Jobs;

/// <summary>Text of others (logs, names, what programs print) made harmless: it must not move a cursor, fake a line or add a header.</summary>
public static partial class PlainText
{
    /// <summary>One line of at most <paramref name="longest"/> characters without control characters.</summary>
    public static string OneLine(string text, int longest = 300, bool keepIndent = false)
    {
        var line = new StringBuilder(Math.Min(text.Length, longest));
        var plain = EscapeSequence().Replace(text, "");
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

    // Control characters, separators of lines and paragraphs, and the marks that turn the direction of text.
    private static bool IsHarmless(char c) =>
        CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && c is not ((>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c');

    // ECMA-48: control sequences (colours, moves), strings (titles, links), and the rest.
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")]
    private static partial Regex EscapeSequence();
}
