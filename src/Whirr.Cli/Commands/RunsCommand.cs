using System.CommandLine;
using Whirr.Cli.Failures;
using Whirr.Cli.Output;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Commands;

/// <summary><c>whirrctl runs</c>: lists experiments.</summary>
internal static class RunsCommand
{
    private const string Notes = """
        --where compares (= != < <= > >=, ~ for "contains") fields with numbers, words or "quoted texts", with and, or, not and
        parentheses. The fields are config.KEY, summary.KEY, name, state, host, owner, attempt, exit_code and duration (seconds);
        --sort takes them too, and started and finished. A run that lacks a field matches no comparison of it.

        --columns takes id, name, status, started, finished, duration, tags, summary, config, exit_code, reason, host, owner, attempt,
        job, note, commit, dir, and config.KEY and summary.KEY. --csv has all of config and summary when no columns are named.
        """;

    public static Verb Create(Surroundings surroundings)
    {
        var filter = new RunsFilter();
        var columns = new Option<string>("--columns") { Description = "What to show of each run, in this order", HelpName = "A,B" };
        var csv = new Option<bool>("--csv") { Description = "Write comma-separated values" };
        var verb = new Verb("runs", "List runs, of jobs and of scripts that ran without the queue, newest first")
        {
            Usage = "[options]",
            Examples =
            [
                "whirrctl runs",
                "whirrctl runs -s failed -t sweep:lr",
                "whirrctl runs --where 'config.lr<0.01 and summary.acc>0.9' --sort -summary.acc --columns id,config.lr,summary.acc",
                "whirrctl runs --here -n 1000 --csv > runs.csv",
            ],
            Notes = Notes,
        };
        foreach (var option in filter.All)
        {
            verb.Add(option);
        }

        verb.Add(columns);
        verb.Add(csv);
        return verb.Does(surroundings, session =>
        {
            var chosen = session.Options.GetValue(columns) is { } names ? RunColumn.ParseAll(names) : [];
            return session.Json && session.Options.GetValue(csv)
                ? throw CommandFailure.Usage("either --json or --csv, not both.")
                : RunAsync(session, filter, chosen, session.Options.GetValue(csv));
        });
    }

    private static async Task<int> RunAsync(Session session, RunsFilter filter, IReadOnlyList<RunColumn> columns, bool csv)
    {
        var (request, limit) = filter.Read(session);
        var reply = await RunSearch.ListAsync(session, request, limit);
        var content = new RunList.Content([.. reply.Runs.Select(run => new RunView(run))], reply.Total, reply.Problems);
        if (session.Json)
        {
            RunList.WriteJson(session.Out, content, session.Now);
            return ExitCodes.Ok;
        }

        if (csv)
        {
            RunList.WriteCsv(session.Out, content, columns.Count > 0 ? columns : RunColumn.AllOf(content.Runs), session.Now);
        }
        else
        {
            RunList.WriteTable(session.Out, content, columns.Count > 0 ? columns : RunColumn.Usual, session.Surroundings.Clock);
            if (content.Runs.Count == 0)
            {
                session.Note(RunsFilter.IsEverything(request) ? "There are no runs yet" : "No run matches");
            }
        }

        foreach (var problem in content.Problems)
        {
            session.Error.WriteLine($"whirrctl: {SafeText.Escape(problem)}");
        }

        return ExitCodes.Ok;
    }
}
