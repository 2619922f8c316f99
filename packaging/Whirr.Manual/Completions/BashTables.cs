using System.CommandLine;
using System.Text;

namespace Whirr.Manual.Completions;

/// <summary>Tables for bash: branches of <c>case</c>.</summary>
internal static class BashTables
{
    /// <exception cref="ArgumentException">There is no table of that name.</exception>
    public static string Write(string name)
    {
        var table = new StringBuilder();
        switch (name)
        {
            case "verbs":
                return string.Join(' ', ProgramTrees.Verbs.Select(verb => verb.Name).Append("help")) is var verbs ? $"_whirrctl_verbs='{verbs}'" : "";
            case "options":
                table.Append($"        '') words='{Names(ProgramTrees.Whirrctl.Options)}' ;;\n");
                foreach (var verb in ProgramTrees.Verbs)
                {
                    table.Append($"        {verb.Name}) words='{Names(verb.Options.Concat(ProgramTrees.CommonToVerbs))}' ;;\n");
                }

                return table.ToString();
            case "values":
                foreach (var option in ProgramTrees.CommonToVerbs)
                {
                    Value(table, "*", option);
                }

                foreach (var verb in ProgramTrees.Verbs)
                {
                    foreach (var option in verb.Options)
                    {
                        Value(table, verb.Name, option);
                    }
                }

                return table.ToString();
            case "arguments":
                foreach (var verb in ProgramTrees.Verbs)
                {
                    var kinds = Kind.Of(verb);
                    for (var at = 0; at < kinds.Count; at++)
                    {
                        var place = at == kinds.Count - 1 ? "*" : $"{at}";
                        table.Append($"        '{verb.Name} '{place}) kind='{kinds[at]}' ;;\n");
                    }
                }

                return table.ToString();
            default:
                throw new ArgumentException($"there is no table {name} for bash");
        }
    }

    private static string Names(IEnumerable<Option> options) => string.Join(' ', options.SelectMany(ProgramTrees.NamesOf));

    private static void Value(StringBuilder table, string verb, Option option)
    {
        if (Kind.Of(option) is { } kind)
        {
            var pattern = string.Join('|', ProgramTrees.NamesOf(option).Select(name => verb == "*" ? $"*' {name}'" : $"'{verb} {name}'"));
            table.Append($"        {pattern}) kind='{kind}' ;;\n");
        }
    }
}
