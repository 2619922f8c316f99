using System.CommandLine;
using System.Text;

namespace Whirr.Manual.Completions;

/// <summary>Tables for fish: calls of <c>complete</c>.</summary>
internal static class FishTables
{
    /// <exception cref="ArgumentException">There is no table of that name.</exception>
    public static string Write(string name)
    {
        var table = new StringBuilder();
        switch (name)
        {
            case "verbs":
                foreach (var verb in ProgramTrees.Verbs)
                {
                    table.Append($"complete -c whirrctl -n '__whirrctl_at \"\"' -a {verb.Name} -d {Quote(verb.Description)}\n");
                }

                return table.ToString();
            case "common":
                foreach (var option in ProgramTrees.Whirrctl.Options)
                {
                    OptionLine(table, option.Recursive ? "not __whirrctl_in_command" : "__whirrctl_at \"\"", option);
                }

                return table.ToString();
            case "value-options":
                return string.Join('\n', ProgramTrees.Verbs.Select(verb =>
                    $"        case {verb.Name}\n            echo {string.Join(' ', verb.Options.Where(TakesValue).SelectMany(ProgramTrees.NamesOf))}"));
            case "arguments":
                foreach (var verb in ProgramTrees.Verbs)
                {
                    foreach (var option in verb.Options)
                    {
                        OptionLine(table, $"__whirrctl_at {verb.Name}", option);
                    }

                    var kinds = Kind.Of(verb);
                    for (var at = 0; at < kinds.Count; at++)
                    {
                        if (kinds[at] != "none")
                        {
                            var place = at == kinds.Count - 1 ? $"{at + 1} last" : $"{at + 1}";
                            table.Append($"complete -c whirrctl -n '__whirrctl_at {verb.Name} {place}' {Values(kinds[at])}\n");
                        }
                    }
                }

                return table.ToString();
            default:
                throw new ArgumentException($"there is no table {name} for fish");
        }
    }

    private static bool TakesValue(Option option) => Kind.Of(option) is not null;

    private static void OptionLine(StringBuilder table, string condition, Option option)
    {
        var names = string.Join(' ', ProgramTrees.NamesOf(option).Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : $"-s {name[1..]}"));
        var value = Kind.Of(option) is { } kind ? " " + Values(kind, isOption: true) : "";
        table.Append($"complete -c whirrctl -n '{condition}' {names} -d {Quote(option.Description)}{value}\n");
    }

    private static string Values(string kind, bool isOption = false) => kind switch
    {
        "files" => "-rF",
        "dirs" => "-xa '(__fish_complete_directories (commandline -ct))'",
        "users" => "-xa '(__fish_complete_users)'",
        "none" => "-x",
        "command" => "-xa '(__whirrctl_command)'",
        _ when kind.StartsWith("words:", StringComparison.Ordinal) => $"{(isOption ? "-xa" : "-fa")} '{kind["words:".Length..]}'",
        _ => $"{(isOption ? "-xa" : "-fa")} '(__whirrctl_ask {kind})'",
    };

    private static string Quote(string? text) => $"'{(text ?? "").Replace(@"\", @"\\").Replace("'", @"\'")}'";
}
