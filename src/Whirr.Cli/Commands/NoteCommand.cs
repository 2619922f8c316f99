using System.CommandLine;
using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl note</c>: what somebody wants to remember about a run.</summary>
internal static class NoteCommand
{
    private const int MostBytes = 64 * 1024;

    public static Verb Create(Surroundings surroundings)
    {
        var run = new Argument<string>("RUN");
        var text = new Argument<string[]>("TEXT") { Arity = ArgumentArity.ZeroOrMore };
        return new Verb("note", "Write a note to a run")
        {
            Usage = "RUN [TEXT | -] [options]",
            Examples = ["whirrctl note job-7 'diverged at step 900, lr too high'", "whirrctl note job-7 - < note.txt", "whirrctl note job-7 ''"],
            Notes = "-: the note is read from standard input. An empty one removes the note; without TEXT it is shown. It is kept in meta.json of\n"
                + "the run directory, which must be yours, and `runs --search` finds words of it.",
            Arguments = { run, text },
        }.Does(surroundings, session => RunAsync(
            session,
            session.Options.GetRequiredValue(run),
            session.Options.GetValue(text) is { Length: > 0 } words ? string.Join(' ', words) : null));
    }

    private static async Task<int> RunAsync(Session session, string word, string? text)
    {
        var run = await RunChoice.ResolveAsync(session, word);
        var note = run.Run.Note;
        if (text is not null)
        {
            note = (text == "-" ? ReadInput(session) : text).TrimEnd();
            if (Encoding.UTF8.GetByteCount(note) > MostBytes)
            {
                throw new CommandFailure(FailureKind.Limit, $"a note has at most {MostBytes / 1024} KiB; keep longer texts as an artifact.");
            }

            await MetaEdit.ApplyAsync(session, run.RunDir, (_, json) => JobDocument.Text(json, "note", note));
        }

        return RecordReply.Write(session, run, json => JobDocument.Text(json, "note", note), (text, note) switch
        {
            (not null, "") => "note removed",
            (not null, _) => "note written",
            (null, "") => "no note",
            _ => string.Join('\n', note.Split('\n').Select(SafeText.Escape)),
        });
    }

    private static string ReadInput(Session session)
    {
        using var reader = new StreamReader(session.Surroundings.OpenInput(), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            var buffer = new char[MostBytes + 1];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (DecoderFallbackException exception)
        {
            throw new CommandFailure(FailureKind.Usage, "the note on standard input is not UTF-8. Nothing was changed.", exception);
        }
    }
}
