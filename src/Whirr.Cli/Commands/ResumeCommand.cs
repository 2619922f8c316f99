using Whirr.Cli.Output;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl resume</c>: ends a drain.</summary>
internal static class ResumeCommand
{
    public static Verb Create(Surroundings surroundings) =>
        new Verb("resume", "Start jobs again after `whirrctl drain`")
        {
            Usage = "[options]",
            Examples = ["whirrctl resume"],
            Notes = "When the queue was not drained nothing is changed, and that is no error. For root and the user of the daemon.",
        }.Does(surroundings, async session =>
        {
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Daemon.ResumeAsync(new ResumeRequest(), call));
            if (session.Json)
            {
                session.Out.WriteJson(json =>
                {
                    json.WriteStartObject();
                    HoldDocument.Write(json, "lifted", reply.Lifted);
                    json.WriteNumber("queued", reply.Queued);
                    json.WriteEndObject();
                });
            }
            else
            {
                var queued = reply.Queued == 1 ? "1 job is queued" : $"{reply.Queued} jobs are queued";
                session.Out.WriteLine(reply.Lifted is null ? $"The queue was not drained; {queued}" : $"Jobs are started again; {queued}");
            }

            return ExitCodes.Ok;
        });
}
