using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl export</c>: runs, or their metrics, into a file for other programs.</summary>
internal static class ExportCommand
{
    private const int UsualLimit = 100;

    public static Verb Create(Surroundings surroundings)
    {
        var words = new Argument<string[]>("RUN") { Arity = ArgumentArity.OneOrMore };
        var states = new Option<string>("--status", "-s") { Description = "Only runs in these states, e.g. completed,failed", HelpName = "A,B" };
        var tags = new Option<string[]>("--tag", "-t") { Description = "Only runs with all of these tags", HelpName = "A,B" };
        var limit = new Option<string>("--limit", "-l") { Description = $"At most this many runs (default: {UsualLimit})", HelpName = "N" };
        var metrics = new Option<bool>("--metrics") { Description = "The rows of the metrics instead of the runs" };
        return new Verb("export", "Write runs, or their metrics, to a file: .csv, .json, or .jsonl (one object a line)")
        {
            Usage = "[RUN...] FILE [options]",
            Examples = ["whirrctl export runs.csv", "whirrctl export -s completed -t sweep runs.json", "whirrctl export 7 8 --metrics metrics.jsonl"],
            Notes = "In pandas: pandas.read_json(\"metrics.jsonl\", lines=True), then .pivot_table(index=\"step\", columns=[\"run_id\", \"metric\"], values=\"value\").\n"
                + "Without RUN the newest runs that the daemon knows of; --status, --tag and --limit choose among them.",
            Arguments = { words },
            Options = { states, tags, limit, metrics },
        }.Does(surroundings, async session =>
        {
            var named = session.Options.GetRequiredValue(words);
            var file = named[^1];
            if (Path.GetExtension(file).ToLowerInvariant() is not (".csv" or ".json" or ".jsonl"))
            {
                throw CommandFailure.Usage($"{SafeText.Quote(file)}: the file comes last, and its name ends in .csv, .json or .jsonl.");
            }

            var request = new ListRunsRequest();
            request.States.AddRange(session.Options.GetValue(states) is { } some ? StateWords.Parse(some) : []);
            request.Tags.AddRange(TagList.Parse(session.Options.GetValue(tags) ?? []));
            var most = ParseLimit(session.Options.GetValue(limit));
            var runs = named.Length > 1
                ? [.. (await RunChoice.ResolveAsync(session, named[..^1])).Where(run => Matches(run.Run, request)).Take(most)]
                : await ListAsync(session, request, most);
            var lines = Write(session, file, runs, session.Options.GetValue(metrics));
            if (session.Json)
            {
                session.Out.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("path", surroundings.Resolve(file));
                    json.WriteNumber("runs", runs.Count);
                    json.WriteNumber("lines", lines);
                    json.WriteEndObject();
                });
            }

            session.Note($"Wrote {SafeText.Escape(file)}: {(session.Options.GetValue(metrics) ? $"{lines} values of {runs.Count} runs" : $"{lines} runs")}");
            return ExitCodes.Ok;
        });
    }

    private static int ParseLimit(string? text) =>
        text is null ? UsualLimit
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 ? limit
        : throw CommandFailure.Usage($"--limit takes a whole number from 1, not {SafeText.Quote(text)}.");

    private static bool Matches(Run run, ListRunsRequest request) =>
        (request.States.Count == 0 || request.States.Contains(run.State)) && request.Tags.All(run.Tags.Contains);

    private static async Task<List<ChosenRun>> ListAsync(Session session, ListRunsRequest request, int most)
    {
        var reply = await RunSearch.ListAsync(session, request, most);
        foreach (var problem in reply.Problems)
        {
            session.Note($"whirrctl: {SafeText.Escape(problem)}");
        }

        return [.. reply.Runs.Select(run => new ChosenRun(run.RunDir, run))];
    }

    private static long Write(Session session, string path, IReadOnlyList<ChosenRun> runs, bool metrics)
    {
        try
        {
            using var file = new FileStream(session.Surroundings.Resolve(path), FileMode.Create, System.IO.FileAccess.Write, FileShare.Read, 64 * 1024);
            using var export = new ExportFile(file, Path.GetExtension(path).ToLowerInvariant());
            return metrics ? MetricExport.Write(export, runs) : RunExport.Write(export, runs);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            throw new CommandFailure(FailureKind.Files, $"{SafeText.Quote(path)} cannot be written: {FileProblem.Describe(exception)}.", exception);
        }
    }
}
