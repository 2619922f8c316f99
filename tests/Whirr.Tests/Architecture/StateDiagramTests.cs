using System.Text;
using Whirr.Domain.Jobs;

namespace Whirr.Tests.Architecture;

/// <summary>Keeps the diagram in src/README.md the picture of the state table.</summary>
public sealed class StateDiagramTests
{
    private const string Begin = "<!-- state table: begin -->\n";
    private const string End = "<!-- state table: end -->";

    private static readonly string Page = Path.Combine(RepositoryRoot.Path, "src", "README.md");

    [Fact]
    public void The_diagram_is_the_state_table()
    {
        var page = File.ReadAllText(Page);
        var start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var stop = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("WHIRR_WRITE_DIAGRAM") == "1")
        {
            File.WriteAllText(Page, page[..start] + Render() + page[stop..]);
            return;
        }

        Assert.True(Render() == page[start..stop], "src/README.md does not show the state table; `make diagram` draws it again");
    }

    private static string Render()
    {
        var text = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> queued: submitted\n");
        foreach (var rows in JobTransitions.Table.GroupBy(row => (row.From, row.To)))
        {
            var triggers = string.Join(", ", rows.Select(row => row.On.ToWord()));
            text.Append($"    {rows.Key.From.ToWord()} --> {rows.Key.To.ToWord()}: {triggers}\n");
        }

        foreach (var ended in JobStates.All.Where(state => state.IsEnded()))
        {
            text.Append($"    {ended.ToWord()} --> [*]\n");
        }

        return text.Append("```\n").ToString();
    }
}
