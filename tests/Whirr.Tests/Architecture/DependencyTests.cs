using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Whirr.Tests.Architecture;

/// <summary>Holds the table of src/README.md against the project references and the namespaces in use.</summary>
public sealed partial class DependencyTests
{
    private static readonly string Source = Path.Combine(RepositoryRoot.Path, "src");

    private static readonly IReadOnlyList<string> Names =
        [.. Directory.EnumerateDirectories(Source, "Whirr.*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Projects => [.. Names];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        var allowed = Allowed(project);
        var references = XDocument.Load(Path.Combine(Source, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_only_namespaces_that_the_table_allows(string project)
    {
        var allowed = Allowed(project).Append(project).ToHashSet();
        var others = Names.Where(other => !allowed.Contains(other)).ToList();
        var found = from file in Directory.EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories)
                    where !file.Contains("/obj/", StringComparison.Ordinal)
                    from line in File.ReadLines(file)
                    let used = UsingDirective().Match(line).Groups["name"].Value
                    where others.Any(other => IsIn(used, other)) && !allowed.Any(mine => IsIn(used, mine))
                    select $"{Path.GetFileName(file)}: {line}";
        Assert.Empty(found);
    }

    [Fact]
    public void Every_project_has_a_row_and_every_row_a_project()
    {
        Assert.Equal(Names, Table().Keys.Order(StringComparer.Ordinal));
    }

    private static bool IsIn(string name, string project) => name == project || name.StartsWith(project + ".", StringComparison.Ordinal);

    private static string[] Allowed(string project) => Table().GetValueOrDefault(project, []);

    /// <summary>Project to what it may use, from the page.</summary>
    private static Dictionary<string, string[]> Table() =>
        File.ReadLines(Path.Combine(Source, "README.md"))
            .Select(line => TableRow().Match(line))
            .Where(match => match.Success)
            .ToDictionary(
                match => match.Groups["project"].Value,
                match => match.Groups["uses"].Value.Trim() == "nothing" ? [] : match.Groups["uses"].Value.Split(',').Select(name => "Whirr." + name.Trim()).ToArray());

    [GeneratedRegex(@"^\| `(?<project>Whirr\.[\w.]+)` \|.*\|(?<uses>[^|]+)\|$")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^\s*(global )?using (static )?(\w+ = )?(?<name>Whirr\.[\w.]+);")]
    private static partial Regex UsingDirective();
}
