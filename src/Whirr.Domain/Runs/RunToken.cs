using System.Text;

namespace Whirr.Domain.Runs;

internal enum RunTokenKind
{
    Word,
    Quoted,
    Operator,
    Open,
    Close,
    End,
}

/// <summary>A piece of a condition.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word or an operator as it is, a quoted text without its quotes.</param>
/// <param name="Position">Of its first character, from 1.</param>
internal readonly record struct RunToken(RunTokenKind Kind, string Text, int Position)
{
    private const string Special = "()=!<>~\"'";

    public bool IsOperand => Kind is RunTokenKind.Word or RunTokenKind.Quoted;

    public RunOperator Operator { get; private init; }

    public bool IsKeyword(string word) => Kind == RunTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The pieces of a condition; the last one is the end.</summary>
    /// <exception cref="FormatException">A quote without its other, or a character that begins nothing.</exception>
    public static List<RunToken> Split(string text)
    {
        var tokens = new List<RunToken>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var length = text[at] switch
            {
                '(' => Add(RunTokenKind.Open, 1),
                ')' => Add(RunTokenKind.Close, 1),
                '"' or '\'' => AddQuoted(),
                '=' or '!' or '<' or '>' or '~' => AddOperator(),
                _ => Add(RunTokenKind.Word, WordLength(text, at)),
            };
            at += length;

            int Add(RunTokenKind kind, int size)
            {
                tokens.Add(new(kind, text.Substring(at, size), at + 1));
                return size;
            }

            int AddOperator()
            {
                var (how, size) = ReadOperator(text, at);
                tokens.Add(new(RunTokenKind.Operator, text.Substring(at, size), at + 1) { Operator = how });
                return size;
            }

            int AddQuoted()
            {
                var (quoted, size) = ReadQuoted(text, at);
                tokens.Add(new(RunTokenKind.Quoted, quoted, at + 1));
                return size;
            }
        }

        tokens.Add(new(RunTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static int WordLength(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !Special.Contains(text[end], StringComparison.Ordinal))
        {
            end++;
        }

        return end - start;
    }

    private static (RunOperator, int) ReadOperator(string text, int at)
    {
        var isWithEqual = at + 1 < text.Length && text[at + 1] == '=';
        return (text[at], isWithEqual) switch
        {
            ('=', true) => (RunOperator.Equal, 2),
            ('=', false) => (RunOperator.Equal, 1),
            ('!', true) => (RunOperator.NotEqual, 2),
            ('<', true) => (RunOperator.LessOrEqual, 2),
            ('<', false) => (RunOperator.Less, 1),
            ('>', true) => (RunOperator.GreaterOrEqual, 2),
            ('>', false) => (RunOperator.Greater, 1),
            ('~', _) => (RunOperator.Contains, 1),
            _ => throw new FormatException($"at character {at + 1}: expected a comparison: = != < <= > >= ~, found \"!\""),
        };
    }

    private static (string, int) ReadQuoted(string text, int start)
    {
        var quoted = new StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == text[start])
            {
                return (quoted.ToString(), at - start + 1);
            }

            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            quoted.Append(text[at]);
        }

        throw new FormatException($"at character {start + 1}: the text that begins here has no end; expected another {text[start]}");
    }
}
