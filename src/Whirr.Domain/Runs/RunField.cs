using System.Text.Json;
using Whirr.Domain.Jobs;

namespace Whirr.Domain.Runs;

/// <summary>A field of a run by which runs are chosen and sorted.</summary>
public sealed class RunField
{
    private const string Config = "config.";
    private const string Summary = "summary.";

    private static readonly Dictionary<string, Func<RunEntry, RunValue>> Plain = new(StringComparer.Ordinal)
    {
        ["name"] = run => RunValue.Of(run.Name),
        ["state"] = run => RunValue.Of(run.State.ToWord()),
        ["host"] = run => Known(run.Hostname),
        ["owner"] = run => RunValue.Of(run.Owner),
        ["attempt"] = run => run.Attempt > 0 ? RunValue.Of(run.Attempt) : RunValue.Absent,
        ["exit_code"] = run => run.ExitCode is { } code ? RunValue.Of(code) : RunValue.Absent,
        ["duration"] = run => run.Duration is { } duration ? RunValue.Of(duration.TotalSeconds) : RunValue.Absent,
    };

    private static readonly Dictionary<string, Func<RunEntry, RunValue>> Times = new(StringComparer.Ordinal)
    {
        ["started"] = run => Time(run.StartedAt),
        ["finished"] = run => Time(run.FinishedAt),
    };

    private readonly Func<RunEntry, RunValue> _read;

    private RunField(string name, Func<RunEntry, RunValue> read) => (Name, _read) = (name, read);

    /// <summary>When it started, the order of lists.</summary>
    public static RunField Started { get; } = new("started", Times["started"]);

    public string Name { get; }

    /// <summary>The field as one may name it in a condition; null: there is none of this name.</summary>
    public static RunField? Find(string name) => Plain.TryGetValue(name, out var read) ? new(name, read) : FindInJson(name);

    /// <summary>The field as one may name it to sort by.</summary>
    public static RunField? FindToSortBy(string name) => Times.TryGetValue(name, out var read) ? new(name, read) : Find(name);

    /// <summary>Names for the sentence that says what there is.</summary>
    public static string Names => $"config.*, summary.*, {string.Join(", ", Plain.Keys)}";

    public RunValue Of(RunEntry run) => _read(run);

    private static RunField? FindInJson(string name)
    {
        if (name.StartsWith(Config, StringComparison.Ordinal) && name.Length > Config.Length)
        {
            var path = name[Config.Length..];
            return new(name, run => Look(run.ConfigJson, path));
        }

        if (name.StartsWith(Summary, StringComparison.Ordinal) && name.Length > Summary.Length)
        {
            var path = name[Summary.Length..];
            return new(name, run => Look(run.SummaryJson, path));
        }

        return null;
    }

    private static RunValue Look(string? json, string path)
    {
        if (json is null)
        {
            return RunValue.Absent;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Find(document.RootElement, path) is { } found ? Read(found) : RunValue.Absent;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Damaged, or a text with half a surrogate pair, which JSON can write and nobody can read.
            return RunValue.Absent;
        }
    }

    /// <summary>A path of names with dots between them. A name may itself have dots: the longest that is there wins.</summary>
    private static JsonElement? Find(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (element.TryGetProperty(path, out var whole))
        {
            return whole;
        }

        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (element.TryGetProperty(path.AsSpan(0, dot), out var inner) && Find(inner, path[(dot + 1)..]) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static RunValue Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => RunValue.TryReadNumber(element.GetRawText(), out var number)
            ? new(RunValueKind.Number, number, element.GetRawText())
            : RunValue.Absent,
        JsonValueKind.String => ReadText(element.GetString()!),
        JsonValueKind.True => RunValue.Of("true"),
        JsonValueKind.False => RunValue.Of("false"),
        _ => RunValue.Absent,
    };

    // JSON has no number for these; whirr writes them as texts.
    private static RunValue ReadText(string text) =>
        text is "NaN" or "Infinity" or "-Infinity" && RunValue.TryReadNumber(text, out var number)
            ? new(RunValueKind.Number, number, text)
            : RunValue.Of(text);

    private static RunValue Known(string text) => text.Length > 0 ? RunValue.Of(text) : RunValue.Absent;

    private static RunValue Time(DateTimeOffset? at) => at is { } time ? RunValue.Of(time.ToUnixTimeMilliseconds()) : RunValue.Absent;
}
