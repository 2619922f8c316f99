using System.CommandLine;
using System.Text;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl tag</c>: changes the tags of a run.</summary>
internal static class TagCommand
{
    // As the daemon takes them at submit.
    private const int MostTags = 64;
    private const int MostBytes = 128;

    public static Verb Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("RUN TAG") { Arity = ArgumentArity.OneOrMore };
        return new Verb("tag", "Add tags to a run, or take them away")
        {
            Usage = "RUN [+TAG | -TAG | TAG]... [options]",
            Examples = ["whirrctl tag job-7 best paper", "whirrctl tag job-7 +best -draft", "whirrctl tag job-7"],
            Notes = "Without tags it shows those of the run. They are kept in meta.json of the run directory, which must be yours.",
            Arguments = { words },
        }.Does(surroundings, session =>
        {
            var named = session.Options.GetRequiredValue(words);
            return RunAsync(session, named[0], [.. named.Skip(1).SelectMany(Parse)]);
        });
    }

    private static async Task<int> RunAsync(Session session, string word, IReadOnlyList<Change> changes)
    {
        var run = await RunChoice.ResolveAsync(session, word);
        IReadOnlyList<string> tags = [.. run.Run.Tags];
        if (changes.Count > 0)
        {
            await MetaEdit.ApplyAsync(session, run.RunDir, (record, json) =>
            {
                tags = Apply(TagsIn(record) ?? tags, changes);
                JobDocument.List(json, "tags", tags);
            });
        }

        return RecordReply.Write(
            session, run, json => JobDocument.List(json, "tags", tags), SafeText.Escape(tags.Count == 0 ? "no tags" : string.Join(", ", tags)));
    }

    /// <summary>What a word asks for: <c>+a</c> and <c>a</c> add, <c>-a</c> takes away; several with commas.</summary>
    private static IEnumerable<Change> Parse(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            throw CommandFailure.Usage($"there is no option {SafeText.Quote(word)} here; `--help` lists the options.");
        }

        var add = !word.StartsWith('-');
        var tags = TagList.Parse([word is ['+' or '-', ..] ? word[1..] : word]);
        return tags.Count == 0 ? throw Wrong(word) : tags.Select(tag => new Change(Check(tag), add));
    }

    private static string Check(string tag) =>
        Encoding.UTF8.GetByteCount(tag) <= MostBytes && !tag.Any(SafeText.IsUnsafe) ? tag : throw Wrong(tag);

    private static CommandFailure Wrong(string word) =>
        CommandFailure.Usage($"{SafeText.Quote(word)} is no tag: one has 1 to {MostBytes} bytes and no control characters.");

    /// <exception cref="CommandFailure">There would be too many.</exception>
    private static List<string> Apply(IEnumerable<string> tags, IReadOnlyList<Change> changes)
    {
        var result = tags.ToList();
        foreach (var (tag, add) in changes)
        {
            result.Remove(tag);
            if (add)
            {
                result.Add(tag);
            }
        }

        return result.Count <= MostTags
            ? result
            : throw new CommandFailure(FailureKind.Limit, $"a run has at most {MostTags} tags; nothing was changed.");
    }

    private static List<string>? TagsIn(JsonElement record) =>
        record.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(ValueText.Whole)]
            : null;

    private readonly record struct Change(string Tag, bool Add);
}
