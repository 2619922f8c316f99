using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Whirr.Cli;
using Whirr.Daemon.Configuration;

namespace Whirr.Manual.Pages;

/// <summary>The parts of the templates that the programs themselves know.</summary>
internal static partial class Insertions
{
    /// <exception cref="ArgumentException">There is no insertion of that name.</exception>
    public static string Write(string name)
    {
        var page = new StringBuilder();
        switch (name)
        {
            case "verbs":
                Verbs(page);
                break;
            case "whirrctl-options":
                Options(page, ProgramTrees.Whirrctl.Options);
                break;
            case "exit-codes":
                ExitCodeTable(page);
                break;
            case "whirrd-options":
                // --help and --version come with the command line and are told of in the template.
                Options(page, ProgramTrees.Whirrd.Options.Where(option => option.Description is not null && !IsSetting(option) && option.Name is not ("--help" or "--version")));
                break;
            case "whirrd-setting-options":
                Options(page, ProgramTrees.Whirrd.Options.Where(IsSetting));
                break;
            case "settings":
                Settings(page);
                break;
            default:
                throw new ArgumentException($"there is nothing to insert of the name {name}");
        }

        return page.ToString();
    }

    /// <summary>Options, as the help lists them.</summary>
    public static void Options(StringBuilder page, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var names = string.Join(", ", ProgramTrees.NamesOf(option).Select(Roff.Bold));
            Roff.Item(page, option.HelpName is null ? names : $"{names} {Roff.Italic(option.HelpName)}", option.Description ?? "");
        }
    }

    private static void Verbs(StringBuilder page)
    {
        foreach (var verb in ProgramTrees.Verbs)
        {
            Roff.Item(page, $@"\fBwhirrctl\-{Roff.Escape(verb.Name)}\fR(1)", verb.Description ?? "");
        }
    }

    private static void ExitCodeTable(StringBuilder page)
    {
        var paragraph = new List<string>();
        foreach (var line in ExitCodes.Table.Split('\n').Skip(1).Append(""))
        {
            if (ExitCode().Match(line) is { Success: true } row)
            {
                Flush();
                Roff.Item(page, Roff.Bold(row.Groups["code"].Value), row.Groups["text"].Value);
            }
            else if (line.Length == 0)
            {
                Flush();
            }
            else
            {
                paragraph.Add(line.Trim());
            }
        }

        void Flush()
        {
            if (paragraph.Count > 0)
            {
                Roff.Paragraphs(page, string.Join(' ', paragraph));
                paragraph.Clear();
            }
        }
    }

    private static void Settings(StringBuilder page)
    {
        foreach (var key in SettingKey.All)
        {
            Roff.Item(page, $"{Roff.Bold(key.Name + ":")} {Roff.Italic(key.Value)}", key.Help);
            page.Append(".IP\n").Append(key.Reloads
                ? $"Read again at SIGHUP. Also {Roff.Bold(key.Variable)}, {Roff.Bold(key.Option)}.\n"
                : $"Takes effect at a restart. Also {Roff.Bold(key.Variable)}, {Roff.Bold(key.Option)}.\n");
        }
    }

    private static bool IsSetting(Option option) => SettingKey.All.Any(key => key.Option == option.Name);

    [GeneratedRegex(@"^\s*(?<code>\d+)  (?<text>.+)$")]
    private static partial Regex ExitCode();
}
