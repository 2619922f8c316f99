namespace Whirr.Manual.Pages;

/// <summary>All pages: those of the verbs, and the templates with what is inserted into them.</summary>
internal static class Manual
{
    private const string TemplateEnd = ".in";

    /// <summary>File name and content of each page.</summary>
    /// <param name="templates">Directory of the templates, e.g. <c>whirrctl.1.in</c>.</param>
    /// <param name="stamp">What stands at the foot.</param>
    public static IEnumerable<(string Name, string Text)> Write(string templates, PageStamp stamp)
    {
        foreach (var path in Directory.EnumerateFiles(templates, "*" + TemplateEnd).Order(StringComparer.Ordinal))
        {
            yield return (Path.GetFileName(path)[..^TemplateEnd.Length], Fill(path, stamp));
        }

        foreach (var verb in ProgramTrees.Verbs)
        {
            yield return ($"whirrctl-{verb.Name}.1", VerbPage.Write(verb, stamp));
        }
    }

    private static string Fill(string path, PageStamp stamp)
    {
        const string Insert = ".\\\" insert: ";
        var lines = File.ReadLines(path)
            .Select(line => line.StartsWith(Insert, StringComparison.Ordinal)
                ? Insertions.Write(line[Insert.Length..]).TrimEnd('\n')
                : line.Replace("@date@", stamp.Date, StringComparison.Ordinal).Replace("@version@", stamp.Version, StringComparison.Ordinal));
        return string.Join('\n', lines) + "\n";
    }
}
