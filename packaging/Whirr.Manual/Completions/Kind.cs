using System.CommandLine;
using System.Text.RegularExpressions;
using Whirr.Cli.Syntax;

namespace Whirr.Manual.Completions;

/// <summary>What may stand in a place of a command line, as one word that the templates know: <c>jobs</c>, <c>jobs-live</c>, <c>jobs-ended</c>,
/// <c>runs</c>, <c>tags</c>, <c>metrics</c>, <c>artifacts</c>, <c>states</c>, <c>users</c>, <c>files</c>, <c>dirs</c>, <c>command</c>, <c>none</c>,
/// or <c>words:a b c</c>.</summary>
internal static partial class Kind
{
    private const string Words = "words:";

    /// <summary>Options whose value is one of few words that their help names in a sentence.</summary>
    private static readonly Dictionary<string, string> ByOption = new()
    {
        ["--on-stall"] = Words + "notify dump kill retry",
        ["--ionice"] = Words + "idle best-effort",
        ["--tag"] = "tags",
        ["--tags"] = "tags",
        ["--status"] = "states",
        ["--state"] = "states",
        ["--metric"] = "metrics",
        ["--x"] = "metrics",
    };

    /// <summary>What stands behind verbs, where the name of the argument does not tell it; the last goes on.</summary>
    private static readonly Dictionary<string, string[]> ByVerb = new()
    {
        ["attach"] = ["jobs-live", "none"],
        ["cancel"] = ["jobs-live"],
        ["clean"] = ["jobs-ended"],
        ["wait"] = ["jobs-live"],
        ["extend"] = ["jobs-live", "none"],
        ["retry"] = ["jobs-ended", "none"],
        ["tag"] = ["runs", "tags"],
        ["artifacts"] = ["runs", Words + "get", "artifacts", "none"],
        ["ablate"] = [Words + "init add run rank", "none"],
        ["export"] = ["files"],
        ["submit"] = ["command"],
    };

    /// <summary>Of the value of an option; null when it takes none.</summary>
    public static string? Of(Option option)
    {
        if (option.HelpName is null)
        {
            return option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? null : "none";
        }

        return ByOption.GetValueOrDefault(option.Name)
            ?? (Alternatives().IsMatch(option.HelpName) ? Words + option.HelpName.Replace('|', ' ') : ByName(option.HelpName));
    }

    /// <summary>Of the words behind a verb; the last goes on for all that follow.</summary>
    public static IReadOnlyList<string> Of(Verb verb) => ByVerb.GetValueOrDefault(verb.Name)
        ?? [.. verb.Arguments.Select(argument => ByName(argument.Name)), .. verb.Arguments.Any(argument => argument.Arity.MaximumNumberOfValues > 1) ? [] : (string[])["none"]];

    private static string ByName(string name) => name switch
    {
        "ID" => "jobs",
        "RUN" => "runs",
        "FILE" or "FILE|-" => "files",
        "PATH" => "files",
        "DIR" => "dirs",
        "USER" => "users",
        _ when name.StartsWith("METRIC", StringComparison.Ordinal) => "metrics",
        _ => "none",
    };

    [GeneratedRegex(@"^[a-z][a-z-]*(\|[a-z][a-z-]*)+$")]
    private static partial Regex Alternatives();
}
