using Whirr.Cli.Failures;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>A column of a list of runs.</summary>
/// <param name="Name">As in <c>--columns</c> and in CSV.</param>
/// <param name="Value">The value for programs; empty when there is none.</param>
/// <param name="Shown">The value for people, where that is another.</param>
internal sealed record RunColumn(
    string Name,
    Func<RunView, DateTimeOffset, string> Value,
    Func<RunView, TimeProvider, string>? Shown = null)
{
    private const int LongestText = 40;

    private static readonly RunColumn[] Known =
    [
        new("id", (facts, _) => facts.Run.RunId),
        new("name", (facts, _) => facts.Run.Name),
        new("status", (facts, _) => facts.Run.State.ToWord()),
        new(
            "started_at",
            (facts, _) => facts.Run.StartedAt is { } at ? Times.Iso(at) : "",
            (facts, clock) => facts.Run.StartedAt is { } at ? Times.ShortLocal(at, clock) : ""),
        new(
            "finished_at",
            (facts, _) => facts.Run.FinishedAt is { } at ? Times.Iso(at) : "",
            (facts, clock) => facts.Run.FinishedAt is { } at ? Times.ShortLocal(at, clock) : ""),
        new(
            "duration_s",
            (facts, now) => facts.Duration(now) is { } span ? $"{Math.Round(span.TotalSeconds, 3)}" : "",
            (facts, clock) => facts.Duration(clock.GetUtcNow()) is { } span ? DurationText.Format(span) : ""),
        new("exit_code", (facts, _) => facts.Run.HasExitCode ? $"{facts.Run.ExitCode}" : ""),
        new("tags", (facts, _) => string.Join(',', facts.Run.Tags)),
        new("config", (facts, _) => facts.Run.ConfigJson, (facts, _) => ValueText.Pairs(facts.Config)),
        new("summary", (facts, _) => facts.Run.SummaryJson, (facts, _) => ValueText.Pairs(facts.Summary)),
        new("reason", (facts, _) => facts.Run.Reason),
        new("reason_detail", (facts, _) => facts.Run.ReasonDetail),
        new("host", (facts, _) => facts.Run.Hostname),
        new("owner", (facts, _) => facts.Run.Owner),
        new("attempt", (facts, _) => facts.Run.Attempt > 0 ? $"{facts.Run.Attempt}" : ""),
        new("job", (facts, _) => facts.Run.JobId > 0 ? $"{facts.Run.JobId}" : ""),
        new("note", (facts, _) => facts.Run.Note),
        new("commit", (facts, _) => facts.Run.GitCommit, (facts, _) => SafeText.Cut(facts.Run.GitCommit, 12) + (facts.Run.GitDirty ? "+" : "")),
        new("run_dir", (facts, _) => facts.Run.RunDir),
    ];

    /// <summary>What a table shows when nothing else is said.</summary>
    public static IReadOnlyList<RunColumn> Usual { get; } = ParseAll("id,name,status,started,duration,tags,summary");

    /// <summary>Heading in a table.</summary>
    public string Title => Name switch
    {
        "started_at" => "STARTED",
        "finished_at" => "ENDED",
        "duration_s" => "DURATION",
        _ when Name.Contains('.') => Name,
        _ => Name.ToUpperInvariant(),
    };

    /// <summary>True for fields of the user's own, which are numbers as a rule.</summary>
    public bool IsField => Name.Contains('.');

    /// <summary>Text of a cell in a table; a long one is cut, but never what names the run.</summary>
    public string Cell(RunView facts, TimeProvider clock)
    {
        var text = Shown is null ? Value(facts, clock.GetUtcNow()) : Shown(facts, clock);
        return text.Length == 0 ? "-" : Name is "id" or "run_dir" ? text : SafeText.Cut(SafeText.Escape(text), LongestText);
    }

    /// <summary>Reads <c>id,status,config.lr</c>.</summary>
    /// <exception cref="CommandFailure">There is no such column.</exception>
    public static IReadOnlyList<RunColumn> ParseAll(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>What CSV has when nothing else is said: the usual, then all that these runs have in configuration and summary.</summary>
    public static IReadOnlyList<RunColumn> AllOf(IReadOnlyList<RunView> runs)
    {
        var config = runs.SelectMany(facts => facts.Config.EnumerateObject()).Select(member => $"config.{member.Name}");
        var summary = runs.SelectMany(facts => facts.Summary.EnumerateObject()).Select(member => $"summary.{member.Name}");
        return [.. Known.Take(8), .. config.Distinct().Concat(summary.Distinct()).Select(Field)];
    }

    private static RunColumn Parse(string name)
    {
        var plain = name switch
        {
            "run_id" => "id",
            "state" => "status",
            "started" => "started_at",
            "finished" or "ended" => "finished_at",
            "duration" => "duration_s",
            "dir" => "run_dir",
            _ => name,
        };
        return Array.Find(Known, column => column.Name == plain) is { } known ? known
            : plain.StartsWith("config.", StringComparison.Ordinal) || plain.StartsWith("summary.", StringComparison.Ordinal) ? Field(plain)
            : throw CommandFailure.Usage($"there is no column {SafeText.Quote(name)}; the columns are "
                + $"{string.Join(", ", Known.Select(column => column.Name))}, config.KEY and summary.KEY.");
    }

    private static RunColumn Field(string name) => new(
        name,
        (facts, _) => facts.Find(name) is { } value ? ValueText.Whole(value) : "",
        (facts, _) => facts.Find(name) is { } value ? ValueText.Short(value) : "");
}
