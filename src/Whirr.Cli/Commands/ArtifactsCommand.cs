using System.CommandLine;
using Microsoft.Win32.SafeHandles;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Runs;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl artifacts</c>: the files that a run saved.</summary>
internal static class ArtifactsCommand
{
    private const int ChunkBytes = 1 << 20;

    public static Verb Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("RUN") { Arity = ArgumentArity.OneOrMore };
        var all = new Option<bool>("--all", "-a") { Description = "All files of the run directory, not only saved ones" };
        var to = new Option<string>("--output", "-o")
        {
            Description = "Where to put it (-: standard output; default: its own name, in this directory)",
            HelpName = "FILE|-",
        };
        return new Verb("artifacts", "List the files that a run saved, or get one")
        {
            Usage = "RUN [get PATH] [options]",
            Examples = ["whirrctl artifacts job-7", "whirrctl artifacts job-7 get model.pt", "whirrctl artifacts job-7 get model.pt -o - | sha256sum"],
            Notes = "PATH is one of the list, below artifacts/ of the run directory; else of the run directory itself. Files are read with your\n"
                + "own rights. A name that leads out of the run directory is refused, by .. or by a link. A file that is there is only\n"
                + "overwritten when -o names it.",
            Arguments = { words },
            Options = { all, to },
        }.Does(surroundings, session => session.Options.GetRequiredValue(words) switch
        {
            [var run] => ListAsync(session, run, session.Options.GetValue(all)),
            [var run, "get", var path] => GetAsync(session, run, path, session.Options.GetValue(to)),
            [_, "get"] => throw CommandFailure.Usage("get: say which file; without get they are listed."),
            _ => throw CommandFailure.Usage("it is `whirrctl artifacts RUN` or `whirrctl artifacts RUN get PATH`."),
        });
    }

    private static async Task<int> ListAsync(Session session, string word, bool all)
    {
        var run = await RunChoice.ResolveAsync(session, word);
        var root = all ? run.RunDir : Path.Combine(run.RunDir, RunFiles.Artifacts);
        var files = FileTree.Files(root).Where(file => file.Facts.IsRegular || file.Facts.IsLink).ToList();
        var bytes = files.Sum(file => file.Facts.Size);
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("run_id", run.Run.RunId);
                json.WriteString("run_dir", run.RunDir);
                json.WriteStartArray("artifacts");
                foreach (var (path, facts) in files)
                {
                    json.WriteStartObject();
                    json.WriteString("path", path);
                    json.WriteNumber("size", facts.Size);
                    json.WriteString("modified", Times.Iso(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(facts.Modified)));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNumber("count", files.Count);
                json.WriteNumber("bytes", bytes);
                json.WriteEndObject();
            });
            return ExitCodes.Ok;
        }

        if (files.Count == 0)
        {
            session.Note($"{SafeText.Escape(run.Run.RunId)} saved no files" + (all ? "" : $"; --all lists those of {SafeText.Escape(run.RunDir)}"));
            return ExitCodes.Ok;
        }

        var table = new Table("SIZE", "MODIFIED", "PATH") { Shrinks = "PATH", Dispensable = ["MODIFIED"] };
        foreach (var (path, facts) in files)
        {
            var modified = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(facts.Modified);
            table.Add(new(ByteCount.Format(facts.Size), Right: true), new(Times.ShortLocal(modified, session.Surroundings.Clock)), new(path));
        }

        table.Write(session.Out);
        session.Out.WriteLine(session.Out.Paint($"{(files.Count == 1 ? "1 file" : $"{files.Count} files")}, {ByteCount.Format(bytes)}", Colour.Bold));
        return ExitCodes.Ok;
    }

    private static async Task<int> GetAsync(Session session, string word, string path, string? to)
    {
        if (ArtifactName.WhyRefused(path) is { } why)
        {
            throw new CommandFailure(FailureKind.Invalid, $"the name {SafeText.Quote(path)} is refused: {why}.");
        }

        var run = await RunChoice.ResolveAsync(session, word);
        using var file = Open(run, path);
        if (to == "-")
        {
            Copy(file, session.Out.WriteBytes);
            return ExitCodes.Ok;
        }

        var target = session.Surroundings.Resolve(to ?? Path.GetFileName(path));
        target = to is not null && Directory.Exists(target) ? Path.Combine(target, Path.GetFileName(path)) : target;
        if (to is null && FileFacts.Of(target) is not null)
        {
            throw new CommandFailure(FailureKind.Files, $"{SafeText.Quote(target)} is there already. Name it with -o to overwrite it, or name another.");
        }

        Save(file, target);
        if (session.Json)
        {
            session.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("run_id", run.Run.RunId);
                json.WriteString("path", path);
                json.WriteString("file", target);
                json.WriteNumber("size", RandomAccess.GetLength(file));
                json.WriteEndObject();
            });
        }
        else
        {
            session.Out.WriteLine($"{SafeText.Escape(target)} ({ByteCount.Format(RandomAccess.GetLength(file))})");
        }

        return ExitCodes.Ok;
    }

    private static SafeFileHandle Open(ChosenRun run, string path)
    {
        try
        {
            using var directory = OpenDirectory.Open(run.RunDir);
            return directory.OpenBelow($"{RunFiles.Artifacts}/{path}") ?? directory.OpenBelow(path) ?? throw new CommandFailure(
                FailureKind.NotFound,
                $"{SafeText.Escape(run.Run.RunId)} has no file {SafeText.Quote(path)}; `whirrctl artifacts {SafeText.Escape(run.Run.RunId)}` lists them.");
        }
        catch (IOException exception) when (exception.HResult == ErrorNumber.OtherDevice)
        {
            throw new CommandFailure(FailureKind.Invalid, $"{SafeText.Quote(path)} is refused: a link leads out of the run directory.", exception);
        }
        catch (IOException exception) when (exception.HResult == ErrorNumber.Invalid)
        {
            throw new CommandFailure(FailureKind.Invalid, $"{SafeText.Quote(path)} is no regular file.", exception);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(path)}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    /// <summary>Beside the target first: nobody finds half a file under its name.</summary>
    private static void Save(SafeFileHandle from, string target)
    {
        var part = $"{target}.part";
        try
        {
            using (var file = new FileStream(part, FileMode.Create, System.IO.FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                Copy(from, file.Write);
            }

            File.Move(part, target, overwrite: true);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            File.Delete(part);
            throw new CommandFailure(FailureKind.Files, $"cannot write {SafeText.Quote(target)}: {FileProblem.Describe(exception)}.", exception);
        }
    }

    private static void Copy(SafeFileHandle from, Taker take)
    {
        var buffer = new byte[ChunkBytes];
        for (long at = 0; RandomAccess.Read(from, buffer, at) is > 0 and var read; at += read)
        {
            take(buffer.AsSpan(0, read));
        }
    }

    private delegate void Taker(ReadOnlySpan<byte> bytes);
}
