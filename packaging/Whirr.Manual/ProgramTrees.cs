using System.CommandLine;
using Whirr.Cli;
using Whirr.Cli.Syntax;

namespace Whirr.Manual;

/// <summary>The command lines of the programs, as the programs themselves have them.</summary>
internal static class ProgramTrees
{
    /// <summary>whirrctl with all its verbs.</summary>
    public static RootCommand Whirrctl { get; } = Cli.Whirrctl.CreateRoot(Surroundings.OfThisProcess(), CommonOptions.Create(), name: null);

    /// <summary>Verbs that are for people.</summary>
    public static IEnumerable<Verb> Verbs => Whirrctl.Subcommands.OfType<Verb>().Where(verb => !verb.Hidden);

    /// <summary>Options that each verb of whirrctl has.</summary>
    public static IEnumerable<Option> CommonToVerbs => Whirrctl.Options.Where(option => option.Recursive);

    /// <summary>whirrd.</summary>
    public static RootCommand Whirrd { get; } = Daemon.Configuration.CommandLine.Create(isRoot: true, (_, _) => 0);

    /// <summary>The names of an option, the short ones first.</summary>
    public static IEnumerable<string> NamesOf(Option option) => option.Aliases.Append(option.Name).OrderBy(name => name.Length);
}
