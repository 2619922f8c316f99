using System.Text;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>The names of the metrics of a run as far as the two ends of its file tell them: enough for a suggestion, in the time between two keys.</summary>
internal static class MetricTail
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>In the order of their first appearance; empty when there is no file, or it may not be read.</summary>
    public static IReadOnlyList<string> Names(string runDir)
    {
        var names = new List<string>();
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            using var file = directory.OpenFile(RunFiles.Metrics);
            if (file is null)
            {
                return names;
            }

            var size = RandomAccess.GetLength(file);
            foreach (var at in (long[])[0, Math.Max(0, size - PieceBytes)])
            {
                var piece = new byte[Math.Min(size - at, PieceBytes)];
                var read = RandomAccess.Read(file, piece, at);
                foreach (var line in Encoding.UTF8.GetString(piece, 0, read).Split('\n'))
                {
                    Add(names, line);
                }
            }
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            // Nothing to suggest.
        }

        return names;
    }

    // The first and the last line of a piece may be torn; others may be anything.
    private static void Add(List<string> names, string line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(line);
            Add(names, parsed.RootElement, "");
        }
        catch (JsonException)
        {
            return;
        }
    }

    // As they are read: nested objects give dotted names, and what is no number is none.
    private static void Add(List<string> names, JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                Add(names, member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}");
            }
        }
        else if (path is not ("" or "_idx" or "_timestamp" or "step") && !names.Contains(path)
            && (element.ValueKind == JsonValueKind.Number || (element.ValueKind == JsonValueKind.String && element.GetString() is "NaN" or "Infinity" or "-Infinity")))
        {
            names.Add(path);
        }
    }
}
