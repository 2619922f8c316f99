using System.CommandLine;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl wait</c>: returns when jobs have ended.</summary>
internal static class WaitCommand
{
    public static Verb Create(Surroundings surroundings)
    {
        var ids = new Argument<string[]>("ID") { Arity = ArgumentArity.OneOrMore };
        return new Verb("wait", "Wait for jobs to end, and end with their exit code")
        {
            Usage = "ID... [options]",
            Examples = ["whirrctl wait 7", "whirrctl wait 7 8 9 && whirrctl submit python compare.py"],
            Notes = "A job that is retried or run again after a loss has not ended: it is waited for to its final end.\n"
                + "Ctrl+C ends the wait with exit code 130; the jobs go on. With --json, one object a line as each job ends.\n"
                + "Of several jobs, those that completed are told of only on a terminal.\n"
                + "The exit codes are those listed in `whirrctl --help`.",
            Arguments = { ids },
        }.Does(surroundings, session => RunAsync(session, JobIds.Parse(session.Options.GetRequiredValue(ids)), tellEach: true));
    }

    /// <summary>Waits, tells how each job ended, and gives the exit code that stands for all of them.</summary>
    public static async Task<int> RunAsync(Session session, IReadOnlyList<long> ids, bool tellEach)
    {
        try
        {
            var jobs = await JobWaiter.WaitAsync(
                session,
                ids,
                job =>
                {
                    if (!tellEach)
                    {
                        return;
                    }

                    if (session.Json)
                    {
                        session.Out.WriteJson(json => JobDocument.Write(json, job));
                    }
                    else if (ids.Count == 1 || session.Error.IsTerminal || job.State != JobState.Completed)
                    {
                        // In the log of a script, thousands of jobs that went well hide the one that did not.
                        session.Error.WriteLine(JobDetails.Ending(job));
                    }
                },
                session.Surroundings.WatchForInterrupt());
            return ExitCodes.Of(jobs);
        }
        catch (OperationCanceledException)
        {
            var what = ids.Count == 1 ? $"job {ids[0]} goes on" : "the jobs go on";
            session.Note($"No longer waiting; {what}");
            return ExitCodes.Interrupted;
        }
    }
}
