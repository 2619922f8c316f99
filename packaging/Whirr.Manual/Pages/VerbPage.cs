using System.Text;
using Whirr.Cli.Syntax;

namespace Whirr.Manual.Pages;

/// <summary>The page of a verb, <c>whirrctl-submit(1)</c>: what its <c>--help</c> says, with the headings that readers of manuals look for.</summary>
internal static class VerbPage
{
    public static string Write(Verb verb, PageStamp stamp)
    {
        var page = new StringBuilder();
        page.Append($".TH WHIRRCTL\\-{verb.Name.ToUpperInvariant()} 1 \"{stamp.Date}\" \"whirr {stamp.Version}\" \"User Commands\"\n.nh\n.ad l\n");
        page.Append($".SH NAME\nwhirrctl\\-{verb.Name} \\- {Roff.Sentence(verb.Description ?? "")}\n");
        page.Append(".SH SYNOPSIS\n.nf\n");
        foreach (var line in verb.Usage.Split('\n'))
        {
            var words = line.Trim();
            var named = $"whirrctl {verb.Name} ";
            words = words.StartsWith(named, StringComparison.Ordinal) ? words[named.Length..] : words;
            page.Append($"{Roff.Bold($"whirrctl {verb.Name}")} {Roff.Usage(words)}\n");
        }

        page.Append(".fi\n.SH DESCRIPTION\n");
        page.Append(Roff.Sentence(verb.Description ?? "")).Append(".\n");
        if (verb.Notes is not null)
        {
            Roff.Paragraphs(page, verb.Notes);
        }

        page.Append(".SH OPTIONS\n");
        foreach (var (heading, options) in verb.Groups)
        {
            page.Append($".SS {Roff.Escape(heading)}\n");
            Insertions.Options(page, options);
        }

        page.Append(verb.Groups.Count > 0 ? ".SS Options\n" : "");
        Insertions.Options(page, verb.Options.Except(verb.Groups.SelectMany(group => group.Options)).Concat(ProgramTrees.CommonToVerbs));
        page.Append(".SH EXAMPLES\n");
        Roff.Block(page, verb.Examples);
        page.Append(".SH EXIT STATUS\nSee\n.BR whirrctl (1).\n");
        page.Append(".SH SEE ALSO\n.BR whirrctl (1),\n");
        page.Append(verb.Name == "sweep" ? ".BR whirr\\-sweep.yaml (5),\n" : "");
        return page.Append(".BR whirrd (8),\n.BR whirr\\-run (5)\n").ToString();
    }
}
