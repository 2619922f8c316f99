using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Runs;
using Whirr.Runs.Metrics;

namespace Whirr.Cli.Runs;

/// <summary>What the files of a run say beyond its record in the index, read with the rights of the caller.</summary>
internal sealed class RunDetails
{
    private const int LastLines = 3;
    private const int LastAlerts = 10;
    private const int LongestTail = 64 * 1024;
    private const int LargestDiff = 16 << 20;

    private readonly List<string> _problems = [];

    private RunDetails()
    {
    }

    /// <summary><c>meta.json</c>; null when it cannot be read.</summary>
    public JsonElement? Meta { get; private set; }

    /// <summary>What the script measured.</summary>
    public FileOutline Metrics { get; private set; } = new();

    /// <summary>The files of other ranks and processes, each with the metrics that its first rows name.</summary>
    public IReadOnlyList<(MetricsFile File, IReadOnlyList<string> Names)> Others { get; private set; } = [];

    /// <summary>The last lines of <c>metrics.jsonl</c>, oldest first.</summary>
    public IReadOnlyList<string> LastMetrics { get; private set; } = [];

    /// <summary>What the script last wanted people to know, oldest first.</summary>
    public IReadOnlyList<RunAlert> Alerts { get; private set; } = [];

    /// <summary>What the code differed from its commit by; empty when it did not, or nobody knows.</summary>
    public byte[] Diff { get; private set; } = [];

    /// <summary>Saved files, and their sizes together.</summary>
    public (int Files, long Bytes) Artifacts { get; private set; }

    /// <summary>What could not be read, in sentences.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads them; never throws.</summary>
    /// <param name="surroundings">Has the cache of metrics.</param>
    /// <param name="runDir">Absolute path of the run directory.</param>
    public static RunDetails Read(Surroundings surroundings, string runDir)
    {
        var details = new RunDetails();
        try
        {
            using var directory = OpenDirectory.Open(runDir);
            details.Try(RunFiles.Meta, () => details.ReadMeta(directory));
            details.Try(RunFiles.Metrics, () => details.ReadMetrics(surroundings, directory));
            details.ReadOthers(runDir);
            details.Try(RunFiles.Alerts, () => details.ReadAlerts(directory));
            details.Try("the diff", () => details.Diff = directory.Read(details.DiffFile, LargestDiff) ?? []);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            details._problems.Add($"{runDir} cannot be read: {FileProblem.Describe(exception)}");
        }

        var saved = FileTree.Files(Path.Combine(runDir, RunFiles.Artifacts));
        details.Artifacts = (saved.Count, saved.Sum(file => file.Facts.Size));
        return details;
    }

    /// <summary>A member of a member of the record as text; empty when there is none.</summary>
    public string Text(string member, string? inner = null) =>
        Member(Meta, member) is { } found && (inner is null ? found : Member(found, inner)) is { ValueKind: JsonValueKind.String } text
            ? Output.ValueText.Whole(text)
            : "";

    /// <summary>A number in the record; 0 when there is none.</summary>
    public long Number(string member, string inner) =>
        Member(Meta, member) is { } found && Member(found, inner) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? value
            : 0;

    /// <summary>Strings of a list in the record.</summary>
    public IReadOnlyList<string> Texts(string member) => Member(Meta, member) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(Output.ValueText.Whole)]
        : [];

    private string DiffFile => Text("git_info", "diff_file") is { Length: > 0 } name && !name.Contains('/') ? name : "git.diff";

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var found) ? found : null;

    private void Try(string what, Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
            _problems.Add($"{what} is damaged: it is not one whole JSON object");
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            _problems.Add($"{what} cannot be read: {FileProblem.Describe(exception)}");
        }
    }

    private void ReadOthers(string runDir)
    {
        var others = new List<(MetricsFile, IReadOnlyList<string>)>();
        foreach (var file in RunMetrics.Files(runDir).Where(file => file != MetricsFile.Main))
        {
            try
            {
                others.Add((file, RunMetrics.Names(runDir, file)));
            }
            catch (CommandFailure failure)
            {
                _problems.Add(failure.Message.TrimEnd('.'));
            }
        }

        Others = others;
    }

    private void ReadMeta(OpenDirectory directory)
    {
        if (directory.Read(RunFiles.Meta, MetaEdit.MostBytes) is not { } content)
        {
            _problems.Add($"there is no {RunFiles.Meta}");
            return;
        }

        using var document = JsonDocument.Parse(content);
        Meta = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException();
    }

    private void ReadMetrics(Surroundings surroundings, OpenDirectory directory)
    {
        using var file = directory.OpenFile(RunFiles.Metrics);
        if (file is null || RunMetrics.Read(surroundings, directory, RunFiles.Metrics) is not { } outline)
        {
            return;
        }

        Metrics = outline;
        if (Metrics.BadLines > 0)
        {
            _problems.Add($"{Metrics.BadLines} {(Metrics.BadLines == 1 ? "line" : "lines")} of {RunFiles.Metrics} cannot be read and {(Metrics.BadLines == 1 ? "is" : "are")} left out");
        }

        LastMetrics = [.. ReadTail(file).TakeLast(LastLines)];
    }

    private void ReadAlerts(OpenDirectory directory)
    {
        using var file = directory.OpenFile(RunFiles.Alerts);
        Alerts = file is null ? [] : [.. ReadTail(file).Select(line => RunAlert.TryRead(Encoding.UTF8.GetBytes(line))).OfType<RunAlert>().TakeLast(LastAlerts)];
    }

    /// <summary>The last lines, as far back as is worth reading.</summary>
    private static IEnumerable<string> ReadTail(SafeFileHandle file)
    {
        var size = RandomAccess.GetLength(file);
        var tail = new byte[Math.Min(size, LongestTail)];
        var read = RandomAccess.Read(file, tail, size - tail.Length);

        // A first line of which only the end was read is none, unless there is no other.
        var lines = Encoding.UTF8.GetString(tail, 0, read).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return tail.Length < size && lines.Length > 1 ? lines.Skip(1) : lines;
    }
}
