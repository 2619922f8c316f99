using System.Text;
using System.Text.RegularExpressions;

namespace Whirr.Manual.Pages;

/// <summary>Text in the language of manual pages (groff(7), man(7)).</summary>
internal static partial class Roff
{
    /// <summary>Text that means itself: nothing in it is an instruction, and each character can be copied to a shell.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            escaped.Append(character switch
            {
                '\\' => @"\e",
                '-' => @"\-",
                '\'' => @"\(aq",
                '`' => @"\(ga",
                '^' => @"\(ha",
                '~' => @"\(ti",
                _ => character.ToString(),
            });
        }

        // A dot at the beginning of a line begins an instruction.
        return text.StartsWith('.') ? @"\&" + escaped : escaped.ToString();
    }

    public static string Bold(string text) => $@"\fB{Escape(text)}\fR";

    public static string Italic(string text) => $@"\fI{Escape(text)}\fR";

    /// <summary>A sentence of the help: <c>`what is to be typed`</c> is bold. A long word, such as JSON, may be broken behind a comma.</summary>
    public static string Sentence(string text) => BreakableComma().Replace(Words(text), @",\:");

    private static string Words(string text) => string.Concat(text.Split('`') is var parts && parts.Length % 2 == 1
        ? parts.Select((part, at) => at % 2 == 0 ? EscapeInner(part, at) : Bold(part))
        : [Escape(text)]);

    /// <summary>A usage line: words in capitals are for something else, the rest is typed as it is.</summary>
    public static string Usage(string text) => Escape(text) is var escaped ? Placeholder().Replace(escaped, @"\fI$0\fR") : "";

    /// <summary>The notes of a help page: paragraphs, and blocks that are indented stay as they are.</summary>
    public static void Paragraphs(StringBuilder page, string text)
    {
        foreach (var paragraph in text.Split("\n\n"))
        {
            var lines = paragraph.Split('\n');
            if (Array.TrueForAll(lines, line => line.StartsWith("  ", StringComparison.Ordinal)))
            {
                page.Append(".PP\n");
                Block(page, lines.Select(line => line[2..]));
                continue;
            }

            page.Append(".PP\n");
            page.Append(Sentence(string.Join(' ', lines.Select(line => line.Trim())))).Append('\n');
        }
    }

    /// <summary>Lines that stay as they are.</summary>
    public static void Block(StringBuilder page, IEnumerable<string> lines)
    {
        page.Append(".RS 4\n.EX\n");
        foreach (var line in lines)
        {
            page.Append(Escape(line)).Append('\n');
        }

        page.Append(".EE\n.RE\n");
    }

    /// <summary>Something that is explained.</summary>
    public static void Item(StringBuilder page, string tag, string sentence) => page.Append($".TP\n{tag}\n{Sentence(sentence)}\n");

    private static string EscapeInner(string part, int at) => at == 0 || !part.StartsWith('.') ? Escape(part) : Escape(part)[2..];

    [GeneratedRegex(@",(?=[^\s\\])")]
    private static partial Regex BreakableComma();

    [GeneratedRegex(@"[A-Z]{2,}(=[A-Z]{2,})?|\b[A-Z]\b")]
    private static partial Regex Placeholder();
}
