using System.CommandLine;
using Google.Protobuf;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Command = Whirr.Cli.Submission.Command;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl submit</c>: puts one job, or a file of jobs, in the queue.</summary>
internal static class SubmitCommand
{
    private const string Notes = """
        Everything from the first word that is not an option of submit belongs to the command; it runs without a shell.

        A job file has one job a line: a command line, or a JSON object. Blank lines and lines that begin with # are skipped. A command
        line is split as a shell does it (single and double quotes, backslash), but nothing is expanded, and | & ; < > must be quoted:
        write sh -c '...' where you need a shell. The fields of an object are command_argv or argv (array), or command (string), and
        name, tags, priority, workdir, env (object), config (object), client_job_id, and the options under Limits and below it by their
        names with _ for -: {"command":"python train.py","time":"8h","memory":"16G","retries":2,"rlimit":{"nofile":4096}}. The options
        are what each line starts from. A wrong line is named, and then nothing is submitted.

        With --wait, a job that is retried is waited for to its final end.
        """;

    public static Verb Create(Surroundings surroundings)
    {
        var job = new SubmitOptions();
        var from = new Option<string>("--from")
        {
            Description = "Submit one job for each line of a file (-: standard input)",
            HelpName = "FILE|-",
        };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print only the number of the job" };
        var wait = new Option<bool>("--wait", "-w") { Description = "Wait for the end, and end with the exit code of the job" };
        var verb = new Verb("submit", "Put a job in the queue; when this returns, the job is on disk")
        {
            Usage = "[options] [--] COMMAND [ARGUMENT...]\n       whirrctl submit [options] --from FILE|-",
            Examples =
            [
                "whirrctl submit python train.py --lr 0.1",
                "whirrctl submit -n baseline -t sweep,seed1 -c lr=0.1 model=resnet -- python train.py",
                "whirrctl submit --time 8h --memory 16G --retries 3 --stall 30m --on-stall retry -- python train.py",
                "whirrctl submit -q -w sh -c 'make data && python train.py'",
                "for lr in 0.1 0.01; do echo \"python train.py --lr $lr\"; done | whirrctl submit --from -",
            ],
            Notes = Notes,
            TakesCommand = true,
        };
        verb.AddGroups(job.Groups);
        verb.Add(from);
        verb.Add(quiet);
        verb.Add(wait);
        return verb.Does(surroundings, async session =>
        {
            var style = new Style(session.Options.GetValue(quiet), session.Options.GetValue(wait));
            return session.Options.GetValue(from) is { } file
                ? await SubmitFileAsync(session, job, file, verb.UserCommand, style)
                : await SubmitOneAsync(session, job, verb.UserCommand, style);
        });
    }

    private static async Task<int> SubmitOneAsync(Session session, SubmitOptions options, IReadOnlyList<string> command, Style style)
    {
        if (command.Count == 0)
        {
            throw new CommandFailure(
                FailureKind.Invalid,
                "no command: say what to run, for example `whirrctl submit -- python train.py`.\nTry `whirrctl submit --help`.");
        }

        Command.Check(command);
        var job = options.Read(session, new WorkingDirectories());
        job.Spec.Uid = JobUids.New(session.Surroundings.Clock);
        job.Spec.CommandArgv.AddRange(command);
        WholeJob.Complete(job.Spec);
        var request = new SubmitRequest { Job = job.Spec, Environment = UnsafeByteOperations.UnsafeWrap(job.Environment) };
        var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.SubmitAsync(request, call));
        Receipt.Write($"job {reply.Job.Id} was submitted", () =>
        {
            if (session.Json)
            {
                session.Out.WriteJson(json => JobDocument.Write(json, reply.Job, more => more.WriteBoolean("existed", reply.Existed)));
            }
            else
            {
                session.Out.WriteLine(style.Quiet ? $"{reply.Job.Id}" : Describe(reply));
            }
        });

        return style.Wait ? await WaitAsync(session, [reply.Job.Id]) : ExitCodes.Ok;
    }

    /// <summary>E.g. <c>Submitted job 7 (train.py)</c>.</summary>
    private static string Describe(SubmitReply reply)
    {
        var job = $"job {reply.Job.Id} ({SafeText.Escape(reply.Job.Name)})";
        return reply.Existed ? $"Already submitted: {job}, {reply.Job.State.ToWord()}" : $"Submitted {job}";
    }

    private static async Task<int> SubmitFileAsync(
        Session session,
        SubmitOptions options,
        string file,
        IReadOnlyList<string> command,
        Style style)
    {
        if (command.Count > 0)
        {
            throw CommandFailure.Usage("either a command or --from FILE, not both.");
        }

        if (options.HasClientJobId(session.Options))
        {
            throw CommandFailure.Usage("--client-job-id belongs to one job; in a file, each line has its own \"client_job_id\".");
        }

        var jobs = ReadFile(session, options, file);
        if (jobs.Count == 0)
        {
            throw new CommandFailure(FailureKind.Invalid, $"{SafeText.Quote(file)} has no jobs in it: nothing was submitted.");
        }

        var reply = await session.Daemon.SendAllAsync(session.Daemon.Jobs.SubmitBatch, () => BatchMessages.Of(jobs));
        Receipt.Write($"{Name(reply.JobIds)} {(reply.JobIds.Count == 1 ? "was" : "were")} submitted", () => Print(session, jobs, reply, style));
        return style.Wait ? await WaitAsync(session, reply.JobIds.Distinct().ToList()) : ExitCodes.Ok;
    }

    private static IReadOnlyList<JobRequest> ReadFile(Session session, SubmitOptions options, string file)
    {
        var directories = new WorkingDirectories();
        var parser = new JobLineParser(options.Read(session, directories), directories, session.Surroundings.Clock);
        if (file == "-")
        {
            return JobFile.Read("standard input", session.Surroundings.OpenInput(), parser);
        }

        try
        {
            using var content = File.OpenRead(session.Surroundings.Resolve(file));
            return JobFile.Read(file, content, parser);
        }
        catch (Exception exception) when (FileProblem.Is(exception) || exception is ArgumentException)
        {
            var why = FileProblem.Describe(exception);
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(file)}: {why}.", exception);
        }
    }

    private static void Print(Session session, IReadOnlyList<JobRequest> jobs, SubmitBatchReply reply, Style style)
    {
        var ids = reply.JobIds;
        if (session.Json)
        {
            for (var index = 0; index < ids.Count; index++)
            {
                var (job, id) = (jobs[index], ids[index]);
                session.Out.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("line", job.Line);
                    json.WriteNumber("id", id);
                    json.WriteString("uid", job.Spec.Uid);
                    JobDocument.Text(json, "client_job_id", job.Spec.ClientJobId);
                    json.WriteEndObject();
                });
            }
        }
        else if (style.Quiet)
        {
            session.Out.Write(string.Concat(ids.Select(id => $"{id}\n")));
        }
        else
        {
            var existed = reply.Existed == 0 ? "" : $"; {reply.Existed} of them had been submitted before";
            session.Out.WriteLine($"Submitted {Name(ids)}{existed}");
        }
    }

    private static string Name(IReadOnlyCollection<long> ids) =>
        ids.Count == 1 ? $"job {ids.First()}" : $"{ids.Count} jobs ({ids.Min()} to {ids.Max()})";

    private static Task<int> WaitAsync(Session session, IReadOnlyList<long> ids) =>
        WaitCommand.RunAsync(session, ids, tellEach: !session.Json);

    /// <summary>How the result is shown.</summary>
    private readonly record struct Style(bool Quiet, bool Wait);
}
