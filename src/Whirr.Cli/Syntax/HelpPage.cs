using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Whirr.Cli.Output;

namespace Whirr.Cli.Syntax;

/// <summary>Writes the help of whirrctl or of one of its verbs.</summary>
internal sealed class HelpPage(TextOutput output) : SynchronousCommandLineAction
{
    private const int TextColumn = 32;

    public override int Invoke(ParseResult parseResult)
    {
        var root = parseResult.RootCommandResult.Command;
        output.Write(parseResult.CommandResult.Command is Verb verb ? Of(verb, root) : OfAll(root));
        return ExitCodes.Ok;
    }

    private static string OfAll(Command root)
    {
        var page = new StringBuilder($"{root.Description}\n\nUsage: whirrctl VERB [options]\n\nVerbs:\n");
        foreach (var verb in root.Subcommands.Where(verb => !verb.Hidden))
        {
            Row(page, $"  {verb.Name}", verb.Description);
        }

        Row(page, "  help [VERB]", "Show this, or what `whirrctl VERB --help` shows");
        Options(page, "Options", root.Options);
        return page.Append($"\n{ExitCodes.Table}\n\n`whirrctl VERB --help` shows the options of a verb, with examples.\n").ToString();
    }

    private static string Of(Verb verb, Command root)
    {
        var page = new StringBuilder($"{verb.Description}\n\nUsage: whirrctl {verb.Name} {verb.Usage}\n");
        foreach (var (heading, options) in verb.Groups)
        {
            Options(page, heading, options);
        }

        var grouped = verb.Groups.SelectMany(group => group.Options);
        Options(page, "Options", verb.Options.Except(grouped).Concat(root.Options.Where(option => option.Recursive)));
        page.Append("\nExamples:\n");
        foreach (var example in verb.Examples)
        {
            page.Append($"  {example}\n");
        }

        return verb.Notes is null ? page.ToString() : page.Append($"\n{verb.Notes}\n").ToString();
    }

    private static void Options(StringBuilder page, string heading, IEnumerable<Option> options)
    {
        page.Append($"\n{heading}:\n");
        foreach (var option in options)
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length));
            Row(page, $"  {names}{(option.HelpName is null ? "" : " " + option.HelpName)}", option.Description);
        }
    }

    private static void Row(StringBuilder page, string left, string? right) =>
        page.Append(left.Length < TextColumn ? left.PadRight(TextColumn) : $"{left}\n{new string(' ', TextColumn)}")
            .Append(right)
            .Append('\n');
}
