using System.Text;
using System.Text.Json;

namespace Whirr.Bench.Reporting;

/// <summary>All findings of a run, for people (Markdown) and for programs (JSON).</summary>
internal sealed class Report(Machine machine, string effort)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Finding> _findings = [];
    private readonly DateTimeOffset _at = TimeProvider.System.GetUtcNow();

    public void Add(IEnumerable<Finding> findings) => _findings.AddRange(findings);

    /// <summary>Writes bench.md and bench.json.</summary>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "bench.md"), Markdown());
        var document = new { At = _at, Effort = effort, Machine = machine, Findings = _findings };
        File.WriteAllText(Path.Combine(directory, "bench.json"), JsonSerializer.Serialize(document, Format) + "\n");
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine("# whirr bench").AppendLine();
        text.AppendLine($"{_at:yyyy-MM-dd HH:mm} UTC, {effort}; {machine}.").AppendLine();
        text.AppendLine("Figures are medians unless they say otherwise, of programs that were warmed up; what a figure is held against was measured in turn with it.");
        text.AppendLine();
        text.AppendLine("| what | figure | unit | against | ratio | must reach | ok? |");
        text.AppendLine("|---|---:|---|---|---:|---|---|");
        foreach (var finding in _findings)
        {
            var against = finding.Against is { } peer ? $"{peer.Name}: {Number(peer.Figure)}" : "";
            var verdict = finding.MustReach is { } target ? target.IsMet ? "yes" : "**no**" : "";
            text.AppendLine(
                $"| {finding.What} | {Number(finding.Figure)} | {finding.Unit} | {against} | {(finding.Ratio is { } ratio ? Number(ratio) : "")} | {finding.MustReach?.Text} | {verdict} |");
        }

        var asked = _findings.Where(finding => finding.MustReach is not null).ToList();
        var missed = asked.Where(finding => !finding.MustReach!.IsMet).Select(finding => finding.What).ToList();
        text.AppendLine();
        text.AppendLine(missed.Count == 0 ? $"All {asked.Count} targets reached." : $"{missed.Count} of {asked.Count} targets missed: {string.Join("; ", missed)}.");
        return text.ToString();
    }

    // Three digits that count, whatever the size.
    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => $"{value:#,0}",
        >= 10 => $"{value:0.0}",
        >= 0.1 or 0 => $"{value:0.00}",
        _ => $"{value:0.0000}",
    };
}
