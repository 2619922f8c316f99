using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Submission;
using Whirr.Cli.Sweeps;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

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
        With --halving it stays until all have ended: a run is compared at the highest rung it has reached with all that have reached it.
        With --parallel it stays until all are submitted; Ctrl+C stops feeding (exit code 130), jobs go on, a second call resumes.
        """;

    public static Verb Create(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE");
        var prefix = new Option<string>("--prefix", "-p") { Description = "Name of the sweep, over the one in the file", HelpName = "NAME" };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Only show the commands" };
        var parallel = new Option<string>("--parallel") { Description = "At most so many wait or run at a time", HelpName = "N" };
        var halving = new Option<string>("--halving")
        {
            Description = "Compare runs by this metric at --rungs and end those that fall behind (default: min for a loss or error, else max)",
            HelpName = "METRIC[:min|max]",
        };
        var rungs = new Option<string>("--rungs") { Description = "Steps at which runs are compared, e.g. 100,300,900", HelpName = "A,B" };
        var cut = new Option<string>("--cut") { Description = "At each rung the best one in so many goes on (default: 2)", HelpName = "N" };
        var wait = new Option<bool>("--wait", "-w") { Description = "Return when all have ended, with the exit code of the first that failed" };
        return new Verb("sweep", "Submit one job for each combination of parameters in a file")
        {
            Usage = "FILE [options]",
            Examples = ["whirrctl sweep lr.yaml --dry-run", "whirrctl sweep lr.yaml", "whirrctl sweep lr.yaml --parallel 4", "whirrctl runs -t sweep:lr"],
            Notes = Notes,
            Arguments = { file },
            Options = { prefix, dryRun, parallel, halving, rungs, cut, wait },
        }.Does(surroundings, session =>
        {
            var name = session.Options.GetRequiredValue(file);
            var reader = new SweepFile(name);
            var plan = Read(session, reader, name);
            var called = session.Options.GetValue(prefix) ?? plan.Name ?? Path.GetFileNameWithoutExtension(name);
            TagList.CheckName(called);
            var made = new SweepJobs(reader, plan, called);
            var jobs = made.Make(session.Surroundings.CurrentDirectory(), session.Surroundings.Clock);
            if (session.Options.GetValue(dryRun))
            {
                return Task.FromResult(ShowPlan(session, made, jobs));
            }

            var most = session.Options.GetValue(parallel) is { } number ? ParseCount(number) : int.MaxValue;
            var race = session.Options.GetValue(halving) is { } metric
                ? new SweepRace(session, SweepRace.Rules.Parse(metric, session.Options.GetValue(rungs), session.Options.GetValue(cut)))
                : null;
            return RunAsync(session, made, jobs, new Course(new SweepFeeder(session, jobs, made.Tag, most), race, session.Options.GetValue(wait)));
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

    private static async Task<int> RunAsync(Session session, SweepJobs made, IReadOnlyList<JobRequest> jobs, Course course)
    {
        var feeder = course.Feeder;
        var interrupt = session.Surroundings.WatchForInterrupt();
        try
        {
            while (true)
            {
                var added = await feeder.RunOnceAsync();
                if (course.Race is { } race)
                {
                    await race.RunOnceAsync([.. feeder.Known]);
                }

                if (course.Stays ? feeder.AllEnded : feeder.AllSubmitted)
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

        // Those that fell behind were cancelled, and that is what was asked for.
        return course.Wait ? ExitCodes.Of(feeder.Known.Where(job => course.Race is null || job.State != JobState.Cancelled)) : ExitCodes.Ok;
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

    /// <summary>How the sweep goes on after the first look.</summary>
    private sealed record Course(SweepFeeder Feeder, SweepRace? Race, bool Wait)
    {
        public bool Stays => Wait || Race is not null;
    }
}
