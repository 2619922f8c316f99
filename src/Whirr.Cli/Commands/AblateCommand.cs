using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Ablations;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Cli.Sweeps;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Command = Whirr.Cli.Submission.Command;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl ablate</c>: what each of several changes does to a metric.</summary>
internal static class AblateCommand
{
    private const int UsualReplicates = 20;

    private const string Notes = """
        init begins an ablation; its baseline changes nothing. add names a condition and what it changes: KEY=VALUE as in `submit -c`, or
        KEY=@FILE for the content of a file as it is; -n names it (default: the changes). run submits each condition so many times, with
        the tags ablate:NAME, condition:..., replicate:...; in the command {{seed}} becomes the seed of the replicate (seed base + 0, 1,
        ...) and {{cfg_path}} the path of a JSON file with the changes and the seed, which are the configuration of the job, too. A second
        run adds only what is missing. rank shows what each condition changed: the mean of its metric minus that of the baseline, over
        the runs that completed, by summary, else the last value in metrics.jsonl. It is kept in .whirr/ablations of the project.
        """;

    public static Verb Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("WORDS") { Arity = ArgumentArity.OneOrMore };
        var metric = new Option<string>("--metric", "-m") { Description = "init: what is compared", HelpName = "METRIC" };
        var replicates = new Option<string>("--replicates", "-r") { Description = $"run: how often each condition (default: {UsualReplicates})", HelpName = "N" };
        var seed = new Option<string>("--seed-base", "-s") { Description = "run: seed of the first replicate (default: 0)", HelpName = "N" };
        var name = new Option<string?>("--name", "-n")
        {
            Description = "add: name of the condition. run: only show the commands (also --dry-run)",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "run: only show the commands" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "rank: show each value" };
        return new Verb("ablate", "Find out what each of several changes does to a metric")
        {
            Usage = "init NAME -m METRIC\n"
                + "       whirrctl ablate add NAME KEY=VALUE|KEY=@FILE... [-n CONDITION]\n"
                + "       whirrctl ablate run NAME [-r N] [-s SEED] [--dry-run] -- COMMAND [ARGUMENT...]\n"
                + "       whirrctl ablate rank NAME [-v]",
            Examples =
            [
                "whirrctl ablate init resnet -m acc",
                "whirrctl ablate add resnet aug=false -n no-aug",
                "whirrctl ablate run resnet -r 5 -- python train.py --seed {{seed}} --config {{cfg_path}}",
                "whirrctl ablate rank resnet",
            ],
            Notes = Notes,
            Arguments = { words },
            Options = { metric, replicates, seed, name, dryRun, verbose },
        }.Does(surroundings, session =>
        {
            var options = session.Options;
            return Words(options.GetRequiredValue(words), options.GetValue(name)) switch
            {
                ["init", var ablation] => Task.FromResult(Begin(session, ablation, options.GetValue(metric))),
                ["add", var ablation, .. var changes] => Task.FromResult(Add(session, ablation, changes, options.GetValue(name))),
                ["run", var ablation, .. var command] => RunAsync(
                    session,
                    ablation,
                    command,
                    (int)Number(options.GetValue(replicates), UsualReplicates, 1, 10_000, "-r"),
                    Number(options.GetValue(seed), 0, 0, int.MaxValue, "-s"),
                    onlyLook: options.GetValue(dryRun) || options.GetResult(name) is not null),
                ["rank", var ablation] => AblationReport.RunAsync(session, ablation, options.GetValue(verbose)),
                _ => throw CommandFailure.Usage("it is ablate init, add, run or rank, with the name of an ablation; `whirrctl ablate --help` has examples."),
            };
        });
    }

    /// <summary>Of run, -n takes no value: the word behind it is the name of the ablation.</summary>
    private static string[] Words(string[] words, string? named) => words is ["run", .. var rest] && named is not null ? ["run", named, .. rest] : words;

    private static int Begin(Session session, string name, string? metric)
    {
        TagList.CheckName(name);
        if (string.IsNullOrWhiteSpace(metric))
        {
            throw new CommandFailure(FailureKind.Invalid, "say what is compared: `whirrctl ablate init NAME -m METRIC`.");
        }

        var ablation = AblationFiles.OfProject(session.Surroundings).Add(name, metric);
        return Show(session, ablation, $"Began the ablation {SafeText.Escape(name)} ({ablation.Id})");
    }

    private static int Add(Session session, string name, IReadOnlyList<string> changes, string? condition)
    {
        if (changes.Count == 0)
        {
            throw new CommandFailure(FailureKind.Invalid, "say what the condition changes: `whirrctl ablate add NAME KEY=VALUE...`.");
        }

        var files = AblationFiles.OfProject(session.Surroundings);
        var ablation = files.Find(name);
        var json = ConfigArguments.ToJson([.. changes.Select(change => Inline(session, change))], session.Surroundings.Resolve);
        condition ??= string.Join('+', changes).Replace(',', ';');
        TagList.CheckName(condition);
        if (ablation.All.Any(each => each.Name == condition))
        {
            throw new CommandFailure(FailureKind.Conflict, $"{SafeText.Escape(name)} has a condition {SafeText.Quote(condition)} already; -n gives it another name.");
        }

        ablation = ablation with { Conditions = [.. ablation.Conditions, new Condition(condition, json)] };
        files.Save(ablation);
        return Show(session, ablation, $"{SafeText.Escape(name)} has {ablation.Conditions.Count + 1} conditions: "
            + SafeText.Escape(string.Join(", ", ablation.All.Select(each => each.Name))));
    }

    /// <summary><c>key=@file</c> with the content of the file, as it is.</summary>
    private static string Inline(Session session, string change)
    {
        var equals = change.IndexOf('=');
        if (equals <= 0)
        {
            throw CommandFailure.Usage($"a change is KEY=VALUE or KEY=@FILE, not {SafeText.Quote(change)}.");
        }

        if (change[(equals + 1)..] is not ['@', .. var file])
        {
            return change;
        }

        try
        {
            var content = File.ReadAllText(session.Surroundings.Resolve(file));
            return $"{change[..equals]}=\"{System.Text.Json.JsonEncodedText.Encode(content)}\"";
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(file)}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    private static async Task<int> RunAsync(Session session, string name, IReadOnlyList<string> command, int replicates, long seed, bool onlyLook)
    {
        if (command.Count == 0)
        {
            throw new CommandFailure(FailureKind.Invalid, "no command: `whirrctl ablate run NAME -- python train.py --config {{cfg_path}}`.");
        }

        Command.Check(command);
        var files = AblationFiles.OfProject(session.Surroundings);
        var ablation = files.Find(name);
        var template = new JobRequest(new JobSpec(), EnvironmentBlock.OfThisProcess());
        new WorkingDirectories().Set(template.Spec, session.Surroundings.CurrentDirectory());
        if (CreationMask.OfThisProcess() is { } mask)
        {
            template.Spec.Umask = mask;
        }

        var jobs = AblationJobs.Plan(ablation, replicates, seed).Select(planned =>
        {
            var job = AblationJobs.Make(ablation, planned, command, template, files.SaveConfig(ablation, planned.Condition, planned.Replicate, planned.ConfigJson));
            job.Spec.Uid = JobUids.New(session.Surroundings.Clock);
            return job;
        }).ToList();
        if (!command.Any(word => word.Contains("{{cfg_path}}", StringComparison.Ordinal)))
        {
            session.Note("The command does not name {{cfg_path}}: it must read what a condition changes from config.json in $WHIRR_RUN_DIR");
        }

        var feeder = new SweepFeeder(session, jobs, ablation.Tag, int.MaxValue);
        if (!onlyLook)
        {
            await feeder.RunOnceAsync();
        }

        Tell(session, ablation, jobs, feeder, onlyLook);
        return ExitCodes.Ok;
    }

    private static void Tell(Session session, Ablation ablation, IReadOnlyList<JobRequest> jobs, SweepFeeder feeder, bool onlyLook)
    {
        if (session.Json)
        {
            SweepDocument.Write(session.Out, ablation.Tag, jobs, onlyLook ? null : feeder);
        }
        else if (onlyLook)
        {
            foreach (var job in jobs)
            {
                session.Out.WriteLine($"{SafeText.Escape(job.Spec.Name)}: {ShellWords.Join(job.Spec.CommandArgv)}");
            }
        }
        else
        {
            session.Out.WriteLine(SweepDocument.Describe(ablation.Tag, feeder));
        }
    }

    private static int Show(Session session, Ablation ablation, string said)
    {
        if (session.Json)
        {
            session.Out.WriteJson(ablation.WriteTo);
        }
        else
        {
            session.Out.WriteLine(said);
        }

        return ExitCodes.Ok;
    }

    private static long Number(string? text, long otherwise, long least, long most, string option) => text is null ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw CommandFailure.Usage($"{option} takes a whole number from {least} to {most}, not {SafeText.Quote(text)}.");
}
