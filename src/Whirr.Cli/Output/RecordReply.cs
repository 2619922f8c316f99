using System.Text.Json;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Output;

/// <summary>The answer of verbs that show or change one thing in the record of a run.</summary>
internal static class RecordReply
{
    /// <summary><c>job-7: ...</c>, or an object with run_id, run_dir and what the verb is about.</summary>
    /// <param name="session">Gets it.</param>
    /// <param name="run">The run.</param>
    /// <param name="member">Writes the member that the verb is about.</param>
    /// <param name="said">The same for people; safe to print.</param>
    public static int Write(Session session, ChosenRun run, Action<Utf8JsonWriter> member, string said)
    {
        if (!session.Json)
        {
            session.Out.WriteLine($"{SafeText.Escape(run.Run.RunId)}: {said}");
            return ExitCodes.Ok;
        }

        session.Out.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("run_id", run.Run.RunId);
            json.WriteString("run_dir", run.RunDir);
            member(json);
            json.WriteEndObject();
        });
        return ExitCodes.Ok;
    }
}
