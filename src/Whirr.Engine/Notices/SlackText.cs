namespace Whirr.Engine.Notices;

/// <summary>The text of a notice as Slack and those who speak its format show it (docs.slack.dev, "Formatting message text").</summary>
internal static class SlackText
{
    private const int MostLines = 10;

    /// <summary>The subject, and the last lines as a block. What is in a name or a log can neither call people nor make links.</summary>
    public static string Of(string subject, string host, IReadOnlyList<string> lines)
    {
        var text = $"{Escape(subject)}{(subject.Contains(host, StringComparison.Ordinal) ? "" : $" [{Escape(host)}]")}";
        if (lines.Count == 0)
        {
            return text;
        }

        var shown = lines.Skip(Math.Max(0, lines.Count - MostLines)).Select(line => Escape(line).Replace("```", "'''", StringComparison.Ordinal));
        return $"{text}\n```\n{string.Join('\n', shown)}\n```";
    }

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
