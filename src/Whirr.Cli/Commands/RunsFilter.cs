using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary>The options of <c>runs</c> that choose runs.</summary>
internal sealed class RunsFilter
{
    private const int UsualLimit = 20;

    private readonly Option<string> _states = new("--status", "-s") { Description = "Only runs in these states, e.g. failed,lost", HelpName = "A,B" };
    private readonly Option<string[]> _tags = new("--tag", "-t") { Description = "Only runs with all of these tags", HelpName = "A,B" };
    private readonly Option<string> _name = new("--name")
    {
        Description = "Only runs with this text in their name; with * or ? a pattern for all of it",
        HelpName = "TEXT",
    };
    private readonly Option<string> _text = new("--search")
    {
        Description = "Only runs with these words in name, tags, note or config; wor* finds words that begin so",
        HelpName = "TEXT",
    };
    private readonly Option<string> _where = new("--where") { Description = "Only runs for which this is true, see below", HelpName = "EXPR" };
    private readonly Option<string> _sort = new("--sort")
    {
        Description = "Field to sort by, - in front for descending (default: newest first)",
        HelpName = "FIELD",
    };
    private readonly Option<string> _limit = new("--limit", "--last", "-n") { Description = $"At most this many (default: {UsualLimit})", HelpName = "N" };
    private readonly Option<bool> _here = new("--here") { Description = "Only runs of this project" };

    public IEnumerable<Option> All => [_states, _tags, _name, _text, _where, _sort, _limit, _here];

    /// <exception cref="CommandFailure">An option is wrong.</exception>
    public (ListRunsRequest Request, int Limit) Read(Session session)
    {
        var options = session.Options;
        var request = new ListRunsRequest
        {
            Name = options.GetValue(_name) ?? "",
            Text = options.GetValue(_text) ?? "",
            Where = options.GetValue(_where) ?? "",
            Sort = options.GetValue(_sort) ?? "",
        };
        request.States.AddRange(options.GetValue(_states) is { } states ? StateWords.Parse(states) : []);
        request.Tags.AddRange(TagList.Parse(options.GetValue(_tags) ?? []));
        if (options.GetValue(_here))
        {
            request.OnlyRoots.Add(RunRoots.OfProject(session.Surroundings) ?? throw new CommandFailure(
                FailureKind.Invalid,
                "--here: there is no project at or above this directory (`whirrctl init` makes one)."));
        }

        return (request, options.GetValue(_limit) is { } limit ? ParseLimit(limit) : UsualLimit);
    }

    /// <summary>True when the request leaves nothing out.</summary>
    public static bool IsEverything(ListRunsRequest request) =>
        request is { Name: "", Text: "", Where: "", States.Count: 0, Tags.Count: 0, OnlyRoots.Count: 0 };

    private static int ParseLimit(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1
            ? limit
            : throw CommandFailure.Usage($"-n takes a whole number from 1, not {SafeText.Quote(text)}.");
}
