using System.Text;

namespace Whirr.Notices.Mail;

/// <summary>Text as quoted-printable (RFC 2045, 6.7): readable, ASCII, no line longer than 76 characters.</summary>
internal static class QuotedPrintable
{
    private const int LongestLine = 76;

    public static string Format(string text)
    {
        var result = new StringBuilder(text.Length + (text.Length / 8));
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            AppendLine(result, Encoding.UTF8.GetBytes(line));
        }

        return result.ToString();
    }

    private static void AppendLine(StringBuilder result, byte[] line)
    {
        var column = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var isLast = at == line.Length - 1;
            var shown = IsPlain(line[at], at, isLast) ? ((char)line[at]).ToString() : $"={line[at]:X2}";

            // One column is kept for the mark of a line that goes on.
            if (column + shown.Length > LongestLine - (isLast ? 0 : 1))
            {
                result.Append("=\n");
                column = 0;
            }

            result.Append(shown);
            column += shown.Length;
        }

        result.Append('\n');
    }

    // "From " and a dot at the start of a line mean something to some mail programs, and a blank at its end is lost.
    private static bool IsPlain(byte b, int at, bool isLast) => b switch
    {
        (byte)' ' or (byte)'\t' => !isLast,
        (byte)'.' or (byte)'F' => at > 0,
        (byte)'=' => false,
        _ => b is > 32 and < 127,
    };
}
