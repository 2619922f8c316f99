using System.CommandLine;
using System.CommandLine.Help;
using Whirr.Cli.Commands;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;

namespace Whirr.Cli;

/// <summary>The program: from words to a verb, from what it throws to an exit code.</summary>
internal static class Whirrctl
{
    private static readonly (string Name, Func<Surroundings, Verb> Create)[] Verbs =
    [
        ("init", InitCommand.Create),
        ("submit", SubmitCommand.Create),
        ("status", StatusCommand.Create),
        ("logs", LogsCommand.Create),
        ("attach", AttachCommand.Create),
        ("cancel", CancelCommand.Create),
        ("wait", WaitCommand.Create),
        ("retry", RetryCommand.Create),
        ("extend", ExtendCommand.Create),
        ("events", EventsCommand.Create),
        ("report", ReportCommand.Create),
        ("compare", CompareCommand.Create),
        ("plot", PlotCommand.Create),
        ("export", ExportCommand.Create),
        ("drain", DrainCommand.Create),
        ("resume", ResumeCommand.Create),
        ("clean", CleanCommand.Create),
        ("runs", RunsCommand.Create),
        ("show", ShowCommand.Create),
        ("reindex", ReindexCommand.Create),
        ("tag", TagCommand.Create),
        ("note", NoteCommand.Create),
        ("artifacts", ArtifactsCommand.Create),
        ("rm", RmCommand.Create),
        ("sweep", SweepCommand.Create),
        ("ablate", AblateCommand.Create),
        ("watch", WatchCommand.Create),
        ("version", VersionCommand.Create),
        ("doctor", DoctorCommand.Create),
        (CompleteCommand.Name, CompleteCommand.Create),
    ];

    /// <summary>Runs one command line; never throws.</summary>
    /// <param name="words">The words after <c>whirrctl</c>.</param>
    /// <param name="surroundings">What it works with.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> words, Surroundings surroundings)
    {
        var json = false;
        try
        {
            WordEncoding.Check(words);
            words = HelpVerb(words);
            var common = CommonOptions.Create();
            var at = FindVerb(words, common);
            var root = CreateRoot(surroundings, common, at < 0 ? null : words[at]);
            IReadOnlyList<string> ours = words;
            if (at >= 0 && root.Subcommands is [Verb { TakesCommand: true } verb])
            {
                var (options, command) = CommandTail.Split(verb, common, [.. words.Skip(at + 1)]);
                ours = [.. words.Take(at + 1), .. options];
                verb.UserCommand = command;
            }

            json = ours.Contains(CommonOptions.Json);
            return await InvokeAsync(root, ours);
        }
        catch (CommandFailure failure)
        {
            return FailureReport.Write(failure, surroundings.Error, json);
        }
        catch (BrokenPipeException)
        {
            return ExitCodes.BrokenPipe;
        }
        // The last resort: whatever else goes wrong, nobody is shown a stack trace.
        catch (Exception exception)
        {
            return FailureReport.Write(FailureReport.Unforeseen(exception), surroundings.Error, json);
        }
    }

    private static async Task<int> InvokeAsync(RootCommand root, IReadOnlyList<string> words)
    {
        // Words that begin with @ are ours (`-c @file.json`), not files of more words.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed is { Errors: [var first, ..], Action: not HelpPage })
        {
            var verb = parsed.CommandResult.Command is Verb named ? $" {named.Name}" : "";
            throw CommandFailure.Usage($"{SafeText.Escape(first.Message)}\nTry `whirrctl{verb} --help`.");
        }

        // Signals are each verb's own business, and exceptions are reported here.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>All verbs, or only the one that was named: building the others costs start-up time.</summary>
    /// <remarks>The manual pages and the completions for shells are made of this tree, too.</remarks>
    internal static RootCommand CreateRoot(Surroundings surroundings, IReadOnlyList<Option> common, string? name)
    {
        var root = new RootCommand("whirrctl - submit jobs to whirr and look after them");
        root.Options.Clear();
        root.Directives.Clear();
        root.Add(new HelpOption("--help", "-h") { Action = new HelpPage(surroundings.Out), Description = "Show this help" });
        root.Add(VersionCommand.CreateOption(surroundings));
        foreach (var option in common)
        {
            root.Add(option);
        }

        root.SetAction(int (_) => throw CommandFailure.Usage(
            "say what to do, for example `whirrctl status`; `whirrctl --help` lists the verbs."));
        foreach (var verb in Verbs)
        {
            if (name is null || name == verb.Name)
            {
                root.Add(verb.Create(surroundings));
            }
        }

        return root;
    }

    /// <summary><c>whirrctl help VERB</c> is <c>whirrctl VERB --help</c>.</summary>
    private static IReadOnlyList<string> HelpVerb(IReadOnlyList<string> words) =>
        words is ["help", ..] ? [.. words.Skip(1).Take(1), "--help"] : words;

    /// <summary>Index of the first word that is neither an option nor the value of one; -1 when there is none.</summary>
    /// <exception cref="CommandFailure">It is no verb.</exception>
    private static int FindVerb(IReadOnlyList<string> words, IReadOnlyList<Option> common)
    {
        for (var at = 0; at < words.Count; at++)
        {
            if (words[at].StartsWith('-'))
            {
                at += CommandTail.TakesNextWord(common, words[at]) ? 1 : 0;
                continue;
            }

            return Array.Exists(Verbs, verb => verb.Name == words[at]) ? at : throw NoVerb(words[at]);
        }

        return -1;
    }

    private static CommandFailure NoVerb(string word)
    {
        var meant = VerbGuess.Closest(word, Verbs.Select(verb => verb.Name).Where(verb => verb != CompleteCommand.Name)) is { } verb ? $" Did you mean `whirrctl {verb}`?" : "";
        return CommandFailure.Usage($"there is no verb {SafeText.Quote(word)}.{meant} `whirrctl --help` lists the verbs.");
    }
}
