namespace Whirr.Manual.Completions;

/// <summary>The completions of the shells: templates, with tables of verbs and options in the place of a line <c># insert: NAME</c>.</summary>
internal static class ShellFiles
{
    private const string Insert = "# insert: ";

    /// <summary>File name and content.</summary>
    /// <param name="templates">Directory of the templates.</param>
    public static IEnumerable<(string Name, string Text)> Write(string templates)
    {
        yield return ("whirrctl.bash", Fill(Path.Combine(templates, "whirrctl.bash.in"), BashTables.Write));
        yield return ("_whirrctl", Fill(Path.Combine(templates, "_whirrctl.in"), ZshTables.Write));
        yield return ("whirrctl.fish", Fill(Path.Combine(templates, "whirrctl.fish.in"), FishTables.Write));
    }

    private static string Fill(string template, Func<string, string> table) => string.Join('\n', File.ReadLines(template)
        .Select(line => line.TrimStart() is var text && text.StartsWith(Insert, StringComparison.Ordinal) ? table(text[Insert.Length..]).TrimEnd('\n') : line)) + "\n";
}
