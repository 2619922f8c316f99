namespace Whirr.Domain.Runs;

/// <summary>Reads conditions on runs: <c>config.lr &lt; 0.01 and (summary.acc &gt; 0.9 or not name ~ test)</c>.</summary>
/// <remarks>
/// <code>
/// condition  = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" condition ")" | field operator value
/// operator   = "=" | "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "~"
/// field, value: a word, or a text in " or ' in which \ takes the next character as it is
/// </code>
/// What a user sends is taken to be hostile: length and depth are bounded.
/// </remarks>
public sealed class RunConditionParser
{
    private const int MaxLength = 10_000;
    private const int MaxDepth = 100;

    private readonly List<RunToken> _tokens;
    private int _next;
    private int _depth;

    private RunConditionParser(List<RunToken> tokens) => _tokens = tokens;

    private RunToken Here => _tokens[_next];

    /// <summary>Reads a condition.</summary>
    /// <exception cref="FormatException">It cannot be read; says where and what was expected.</exception>
    public static RunCondition Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"it is longer than {MaxLength} characters");
        }

        var parser = new RunConditionParser(RunToken.Split(text));
        var condition = parser.ReadAny();
        return parser.Here.Kind == RunTokenKind.End ? condition : throw parser.Fault("\"and\", \"or\" or the end");
    }

    private RunCondition ReadAny() => ReadJoined("or", ReadAll, static parts => new RunCondition.Any(parts));

    private RunCondition ReadAll() => ReadJoined("and", ReadOne, static parts => new RunCondition.All(parts));

    private RunCondition ReadJoined(string word, Func<RunCondition> read, Func<IReadOnlyList<RunCondition>, RunCondition> join)
    {
        List<RunCondition> parts = [read()];
        while (Here.IsKeyword(word))
        {
            _next++;
            parts.Add(read());
        }

        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private RunCondition ReadOne()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"at character {Here.Position}: more than {MaxDepth} parentheses or \"not\" within each other");
        }

        try
        {
            if (Here.IsKeyword("not"))
            {
                _next++;
                return new RunCondition.Not(ReadOne());
            }

            return Here.Kind == RunTokenKind.Open ? ReadGroup() : ReadComparison();
        }
        finally
        {
            _depth--;
        }
    }

    private RunCondition ReadGroup()
    {
        _next++;
        var condition = ReadAny();
        if (Here.Kind != RunTokenKind.Close)
        {
            throw Fault("\")\", \"and\" or \"or\"");
        }

        _next++;
        return condition;
    }

    private RunCondition.Comparison ReadComparison()
    {
        if (!Here.IsOperand || Here.IsKeyword("and") || Here.IsKeyword("or"))
        {
            throw Fault("a field, \"not\" or \"(\"");
        }

        var field = RunField.Find(Here.Text) ?? throw Fault($"one of the fields {RunField.Names}");
        _next++;
        if (Here.Kind != RunTokenKind.Operator)
        {
            throw Fault("a comparison: = != < <= > >= ~");
        }

        var how = Here.Operator;
        _next++;
        if (!Here.IsOperand)
        {
            throw Fault("a number, a word or a text in quotes");
        }

        var value = Here.Kind == RunTokenKind.Word && RunValue.TryReadNumber(Here.Text, out var number)
            ? new RunValue(RunValueKind.Number, number, Here.Text)
            : RunValue.Of(Here.Text);
        _next++;
        return new(field, how, value);
    }

    private FormatException Fault(string expected) =>
        new($"at character {Here.Position}: expected {expected}, found {(Here.Kind == RunTokenKind.End ? "the end" : $"\"{Here.Text}\"")}");
}
