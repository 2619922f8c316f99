using System.CommandLine;
using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl drain</c>: nothing is started any more.</summary>
internal static class DrainCommand
{
    // The end of a wait for people: nothing is late when it is noticed a moment later.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Verb Create(Surroundings surroundings)
    {
        var wait = new Option<bool>("--wait", "-w") { Description = "Return when no job runs any more" };
        var why = new Option<string>("--why") { Description = "Shown to whoever looks at the queue", HelpName = "TEXT" };
        return new Verb("drain", "Start no more jobs, until `whirrctl resume`; what runs goes on")
        {
            Usage = "[options]",
            Examples = ["whirrctl drain --wait --why 'new driver' && reboot"],
            Notes = "Jobs can be submitted and wait. It holds over restarts of the daemon. For root and the user of the daemon.\n"
                + "A job that is to be retried waits as well. Ctrl+C ends the wait with exit code 130; the queue stays drained.\n"
                + "Exit code 1: somebody resumed meanwhile.",
            Options = { wait, why },
        }.Does(surroundings, async session =>
        {
            var request = new DrainRequest { Why = session.Options.GetValue(why) ?? "" };
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Daemon.DrainAsync(request, call));
            if (!session.Json)
            {
                session.Out.WriteLine($"Nothing is started until `whirrctl resume`; {Running(reply.Running)}");
            }

            var code = session.Options.GetValue(wait) ? await WaitAsync(session, reply) : ExitCodes.Ok;
            if (session.Json)
            {
                session.Out.WriteJson(json =>
                {
                    json.WriteStartObject();
                    HoldDocument.Write(json, "hold", reply.Hold);
                    json.WriteNumber("running", reply.Running);
                    json.WriteEndObject();
                });
            }

            return code;
        });
    }

    /// <summary>Returns when nothing runs, when Ctrl+C was typed or when somebody resumed; gives the exit code.</summary>
    /// <param name="session">Has the daemon.</param>
    /// <param name="state">How many run, kept up to date.</param>
    private static async Task<int> WaitAsync(Session session, DrainReply state)
    {
        var interrupt = session.Surroundings.WatchForInterrupt();
        try
        {
            while (state.Running > 0)
            {
                await Task.Delay(Pause, session.Surroundings.Clock, interrupt);
                var info = await session.Daemon.AskAsync(call => session.Daemon.Daemon.InfoAsync(new InfoRequest(), call));
                if (info.Hold is null)
                {
                    session.Note("Somebody let jobs be started again (`whirrctl resume`); no longer waiting");
                    return ExitCodes.Failed;
                }

                state.Running = info.Running;
            }

            session.Note("Nothing runs any more");
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException)
        {
            session.Note($"No longer waiting; the queue stays drained, {Running(state.Running)}");
            return ExitCodes.Interrupted;
        }
    }

    private static string Running(ulong jobs) => jobs switch
    {
        0 => "no job runs",
        1 => "1 job still runs",
        _ => $"{jobs} jobs still run",
    };
}
