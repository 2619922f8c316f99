using System.CommandLine;
using System.Text;

namespace Whirr.Manual.Completions;

/// <summary>Tables for zsh: what <c>_describe</c> and <c>_arguments</c> (zshcompsys(1)) take.</summary>
internal static class ZshTables
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
                    table.Append($"    {Quote($"{verb.Name}:{verb.Description}")}\n");
                }

                return table.ToString();
            case "common":
                return Specs(ProgramTrees.Whirrctl.Options);
            case "arguments":
                foreach (var verb in ProgramTrees.Verbs)
                {
                    table.Append($"    {verb.Name})\n      specs+=(\n");
                    table.Append(Specs(verb.Options));
                    var kinds = Kind.Of(verb);
                    for (var at = 0; at < kinds.Count; at++)
                    {
                        var place = at == kinds.Count - 1 ? "*" : $"{at + 1}";
                        table.Append(kinds[at] == "command"
                            ? "        '(-)1:command: _command_names -e'\n        '*::arguments: _normal'\n"
                            : $"        {Quote($"{place}:{What(kinds[at])}:{Action(kinds[at])}")}\n");
                    }

                    table.Append("      ) ;;\n");
                }

                return table.ToString();
            default:
                throw new ArgumentException($"there is no table {name} for zsh");
        }
    }

    private static string Specs(IEnumerable<Option> options)
    {
        var specs = new StringBuilder();
        foreach (var option in options)
        {
            var names = ProgramTrees.NamesOf(option).ToList();
            var repeats = option.AllowMultipleArgumentsPerToken || option.ValueType == typeof(string[]);
            foreach (var name in names)
            {
                var others = repeats ? "*" : names.Count > 1 ? $"({string.Join(' ', names)})" : "";
                var text = (option.Description ?? "").Replace(@"\", @"\\").Replace("[", @"\[").Replace("]", @"\]").Replace(":", @"\:");

                // --name=VALUE and --name VALUE; -n VALUE and -nVALUE.
                var value = Kind.Of(option) is { } kind ? $":{What(kind)}:{Action(kind)}" : "";
                var joint = value.Length == 0 ? "" : name.StartsWith("--", StringComparison.Ordinal) ? "=" : "+";
                specs.Append($"        {Quote($"{others}{name}{joint}[{text}]{value}")}\n");
            }
        }

        return specs.ToString();
    }

    private static string What(string kind) => kind.StartsWith("words:", StringComparison.Ordinal) ? "word" : kind == "none" ? "value" : kind.Split('-')[0];

    private static string Action(string kind) => kind switch
    {
        "none" => "",
        "files" => "_files",
        "dirs" => "_directories",
        "users" => "_users",
        "states" => "_whirrctl_states",
        _ when kind.StartsWith("words:", StringComparison.Ordinal) => $"({kind["words:".Length..]})",
        // The blank keeps _arguments from putting options of its own in front of the kind.
        _ => $" _whirrctl_ask {kind}",
    };

    private static string Quote(string text) => $"'{text.Replace("'", @"'\''")}'";
}
