using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Runs;

/// <summary>A run with its configuration and summary taken apart.</summary>
internal sealed class RunView
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public RunView(Run run)
    {
        Run = run;
        Config = Parse(run.ConfigJson);
        Summary = Parse(run.SummaryJson);
    }

    public Run Run { get; }

    /// <summary>An object; empty where there is none.</summary>
    public JsonElement Config { get; }

    /// <summary>An object; empty where there is none.</summary>
    public JsonElement Summary { get; }

    /// <summary>How long it ran, or has run; null when nobody knows.</summary>
    public TimeSpan? Duration(DateTimeOffset now)
    {
        var end = Run.FinishedAt?.ToDateTimeOffset() ?? (Run.State == JobState.Running ? now : null);
        return Run.StartedAt is { } started && end is { } until && until - started.ToDateTimeOffset() is var span
            ? span > TimeSpan.Zero ? span : TimeSpan.Zero
            : null;
    }

    /// <summary>The value of <c>config.opt.lr</c> or <c>summary.acc</c>: of the key <c>opt.lr</c>, else of <c>lr</c> within <c>opt</c>.</summary>
    public JsonElement? Find(string field)
    {
        var dot = field.IndexOf('.');
        return dot < 0 ? null : field[..dot] switch
        {
            "config" => Find(Config, field[(dot + 1)..]),
            "summary" => Find(Summary, field[(dot + 1)..]),
            _ => null,
        };
    }

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

        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (element.TryGetProperty(path[..dot], out var part) && Find(part, path[(dot + 1)..]) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // The daemon has read it before; what is damaged after all counts as not there.
    private static JsonElement Parse(string json)
    {
        if (json.Length == 0)
        {
            return Nothing;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : Nothing;
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }
}
