using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Cli.Sweeps;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl sweep</c>: one program with many settings.</summary>
internal static class SweepCommand
{
    // For people: nothing is late when it is noticed a moment later.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private const string Notes = """
        A sweep file:

          program: python train.py          # gets --lr 0.1 --layers 2 ...; or a list of words
          method: random                    # grid (default): all combinations
          max_runs: 20                      # of random; the first so many of a grid
          seed: 7                           # of random; the same seed draws the same values (default: 0)
          name: lr                          # default: the name of the file; jobs are lr-1, lr-2, ... with the tag sweep:lr
          parameters:
            lr: {distribution: log_uniform, min: 1.0e-5, max: 1.0e-1}    # also uniform, int_uniform
            layers: {values: [2, 4, 8]}
            epochs: 10                      # the same in all runs
          tags: [paper]
          job: {time: 2h, retries: 1}       # fields of a job file, see `whirrctl submit --help`

        A second call adds only what is missing: runs that the queue knows, by name, directory and command, are left as they are.
        With --parallel it stays until all are submitted; Ctrl+C stops feeding (exit code 130), jobs go on, a second call resumes.
        """;

    public static Verb Create(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE");
        var prefix = new Option<string>("--prefix", "-p") { Description = "Name of the sweep, over the one in the file", HelpName = "NAME" };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Only show the commands" };
        var parallel = new Option<string>("--parallel") { Description = "At most so many wait or run at a time", HelpName = "N" };
        var wait = new Option<bool>("--wait", "-w") { Description = "Return when all have ended, with the exit code of the first that failed" };
        return new Verb("sweep", "Submit one job for each combination of parameters in a file")
        {
            Usage = "FILE [options]",
            Examples = ["whirrctl sweep lr.yaml --dry-run", "whirrctl sweep lr.yaml", "whirrctl sweep lr.yaml --parallel 4", "whirrctl runs -t sweep:lr"],
            Notes = Notes,
            Arguments = { file },
            Options = { prefix, dryRun, parallel, wait },
        }.Does(surroundings, session =>
        {
            var name = session.Options.GetRequiredValue(file);
            var reader = new SweepFile(name);
            var plan = Read(session, reader, name);
            var made = new SweepJobs(reader, plan, session.Options.GetValue(prefix) ?? plan.Name ?? Path.GetFileNameWithoutExtension(name));
            var jobs = made.Make(session.Surroundings.CurrentDirectory(), session.Surroundings.Clock);
            if (session.Options.GetValue(dryRun))
            {
                return Task.FromResult(ShowPlan(session, made, jobs));
            }

            var most = session.Options.GetValue(parallel) is { } number ? ParseCount(number) : int.MaxValue;
            return RunAsync(session, made, jobs, new SweepFeeder(session, jobs, made.Tag, most), session.Options.GetValue(wait));
        });
    }

    private static SweepPlan Read(Session session, SweepFile reader, string name)
    {
        try
        {
            using var text = name == "-" ? new StreamReader(session.Surroundings.OpenInput()) : new StreamReader(session.Surroundings.Resolve(name));
            return reader.Read(text);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(name)}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    private static int ShowPlan(Session session, SweepJobs made, IReadOnlyList<JobRequest> jobs)
    {
        if (session.Json)
        {
            SweepDocument.Write(session.Out, made.Tag, jobs, null);
            return ExitCodes.Ok;
        }

        foreach (var job in jobs)
        {
            session.Out.WriteLine($"{SafeText.Escape(job.Spec.Name)}: {ShellWords.Join(job.Spec.CommandArgv)}");
        }

        session.Note($"{SweepDocument.Count(jobs.Count)} would be submitted with the tag {SafeText.Escape(made.Tag)}");
        return ExitCodes.Ok;
    }

    private static async Task<int> RunAsync(Session session, SweepJobs made, IReadOnlyList<JobRequest> jobs, SweepFeeder feeder, bool wait)
    {
        var interrupt = session.Surroundings.WatchForInterrupt();
        try
        {
            while (true)
            {
                var added = await feeder.RunOnceAsync();
                if (wait ? feeder.AllEnded : feeder.AllSubmitted)
                {
                    break;
                }

                foreach (var job in added)
                {
                    session.Note($"Submitted job {job.Id} ({SafeText.Escape(job.Name)})");
                }

                await Task.Delay(Pause, session.Surroundings.Clock, interrupt);
            }
        }
        catch (OperationCanceledException)
        {
            session.Note($"No longer feeding: {SweepDocument.Count(feeder.Known.Count())} of {jobs.Count} are submitted. The same command goes on with it.");
            Finish(session, made, jobs, feeder);
            return ExitCodes.Interrupted;
        }

        Finish(session, made, jobs, feeder);
        return wait ? ExitCodes.Of(feeder.Known) : ExitCodes.Ok;
    }

    private static void Finish(Session session, SweepJobs made, IReadOnlyList<JobRequest> jobs, SweepFeeder feeder)
    {
        if (session.Json)
        {
            SweepDocument.Write(session.Out, made.Tag, jobs, feeder);
            return;
        }

        session.Out.WriteLine(SweepDocument.Describe(made.Tag, feeder));
    }

    private static int ParseCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1
            ? count
            : throw CommandFailure.Usage($"--parallel takes a whole number from 1, not {SafeText.Quote(text)}.");
}
