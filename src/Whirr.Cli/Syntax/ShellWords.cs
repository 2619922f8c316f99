using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Whirr.Cli.Syntax;

/// <summary>Command lines as a shell reads them, without anything a shell expands.</summary>
/// <remarks>
/// The quoting rules are those of POSIX sh (XCU 2.2): blanks separate words; in single quotes all characters stand for themselves; in
/// double quotes a backslash takes away the meaning of <c>" \ $ `</c> and is kept before others; elsewhere it takes the next character
/// as it is; <c>#</c> at the start of a word begins a comment. Variables, globs and <c>~</c> are left as they are. Operators
/// (<c>| &amp; ; &lt; &gt;</c>) outside of quotes are refused: handed to the program as arguments they would silently do nothing.
/// </remarks>
internal static class ShellWords
{
    /// <summary>Splits a command line; no words at all is fine and means a blank line or a comment.</summary>
    /// <param name="line">One line, without its line break.</param>
    /// <param name="words">The words, when it could be split.</param>
    /// <param name="problem">Why not, with the column from 1, when it could not.</param>
    public static bool TrySplit(string line, [NotNullWhen(true)] out IReadOnlyList<string>? words, [NotNullWhen(false)] out string? problem)
    {
        var found = new List<string>();
        words = null;
        problem = null;
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at]))
            {
                at++;
            }

            if (at == line.Length || line[at] == '#')
            {
                words = found;
                return true;
            }

            var word = new StringBuilder();
            if (!TryReadWord(line, ref at, word, out problem))
            {
                return false;
            }

            found.Add(word.ToString());
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r';

    private static bool TryReadWord(string line, ref int at, StringBuilder word, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        for (; at < line.Length && !IsBlank(line[at]); at++)
        {
            switch (line[at])
            {
                case '\'':
                    var end = line.IndexOf('\'', at + 1);
                    if (end < 0)
                    {
                        problem = $"the single quote in column {at + 1} is not closed";
                        return false;
                    }

                    word.Append(line, at + 1, end - at - 1);
                    at = end;
                    break;
                case '"':
                    var open = at;
                    if (!TryReadDoubleQuoted(line, ref at, word))
                    {
                        problem = $"the double quote in column {open + 1} is not closed";
                        return false;
                    }

                    break;
                case '\\' when at + 1 == line.Length:
                    problem = "the backslash at the end has nothing to quote (a command is one line)";
                    return false;
                case '\\':
                    word.Append(line[++at]);
                    break;
                case '|' or '&' or ';' or '<' or '>':
                    problem = $"'{line[at]}' in column {at + 1}: no shell runs this; quote it, or write sh -c '...'";
                    return false;
                default:
                    word.Append(line[at]);
                    break;
            }
        }

        return true;
    }

    /// <summary>From the opening quote to the closing one, where <paramref name="at"/> is left.</summary>
    private static bool TryReadDoubleQuoted(string line, ref int at, StringBuilder word)
    {
        for (at++; at < line.Length; at++)
        {
            switch (line[at])
            {
                case '"':
                    return true;
                case '\\' when at + 1 < line.Length && line[at + 1] is '"' or '\\' or '$' or '`':
                    word.Append(line[++at]);
                    break;
                default:
                    word.Append(line[at]);
                    break;
            }
        }

        return false;
    }

    /// <summary>The words as one line that bash splits into the same words, safe to print.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>One word, quoted only when it must be; with unsafe characters as <c>$'...'</c>.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && word.All(IsPlain))
        {
            return word;
        }

        if (!word.Any(SafeText.IsUnsafe))
        {
            return $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
        }

        var quoted = new StringBuilder("$'");
        foreach (var c in word)
        {
            if (c is '\'' or '\\')
            {
                quoted.Append('\\');
            }

            SafeText.AppendEscaped(quoted, c);
        }

        return quoted.Append('\'').ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || "_-./:=,+@%^".Contains(c, StringComparison.Ordinal)
        || (c > '\x7f' && !SafeText.IsUnsafe(c) && !char.IsWhiteSpace(c));
}
