namespace Whirr.Cli.Syntax;

/// <summary>Tags as people type them: <c>a,b</c>.</summary>
internal static class TagList
{
    /// <summary>Trimmed, without empty ones, each once, in the order they were first named.</summary>
    public static IReadOnlyList<string> Parse(IEnumerable<string> texts)
    {
        var tags = new List<string>();
        foreach (var text in texts)
        {
            foreach (var tag in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!tags.Contains(tag))
                {
                    tags.Add(tag);
                }
            }
        }

        return tags;
    }
}
