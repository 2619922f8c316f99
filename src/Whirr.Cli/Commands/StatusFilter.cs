using System.CommandLine;
using System.Globalization;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary>The options of <c>status</c> that choose jobs.</summary>
internal sealed class StatusFilter
{
    private const int UsualLimit = 50;

    private readonly Option<bool> _all = new("--all", "-a") { Description = "Ended jobs too" };
    private readonly Option<string> _states = new("--state", "-s")
    {
        Description = "Only jobs in these states, e.g. failed,lost",
        HelpName = "A,B",
    };
    private readonly Option<string[]> _tags = new("--tag", "-t") { Description = "Only jobs with all of these tags", HelpName = "A,B" };
    private readonly Option<string> _user = new("--user", "-u")
    {
        Description = "Only jobs of this user (name or number)",
        HelpName = "USER",
    };
    private readonly Option<string> _name = new("--name") { Description = "Only jobs with this text in their name", HelpName = "TEXT" };
    private readonly Option<string> _limit = new("--last", "-n")
    {
        Description = $"At most this many jobs (default: {UsualLimit})",
        HelpName = "N",
    };

    public IEnumerable<Option> All => [_all, _states, _tags, _user, _name, _limit];

    public Choice Read(ParseResult options) => new(
        options.GetValue(_all),
        options.GetValue(_states) is { } states ? StateWords.Parse(states) : [],
        TagList.Parse(options.GetValue(_tags) ?? []),
        options.GetValue(_user) ?? "",
        options.GetValue(_name) ?? "",
        options.GetValue(_limit) is { } limit ? ParseLimit(limit) : UsualLimit);

    private static int ParseLimit(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1
            ? limit
            : throw CommandFailure.Usage($"-n takes a whole number from 1, not {SafeText.Quote(text)}.");

    /// <summary>What was chosen.</summary>
    public sealed record Choice(bool All, IReadOnlyList<JobState> States, IReadOnlyList<string> Tags, string User, string Name, int Limit)
    {
        /// <summary>The questions whose answers, one after the other, are the list.</summary>
        public IEnumerable<ListJobsRequest> Requests()
        {
            if (All || States.Count > 0)
            {
                yield return Request(ListOrder.NewestFirst, States);
                yield break;
            }

            yield return Request(ListOrder.OldestFirst, [JobState.Allocated, JobState.Starting, JobState.Running]);
            yield return Request(ListOrder.Queue, [JobState.Queued]);
        }

        private ListJobsRequest Request(ListOrder order, IReadOnlyList<JobState> states)
        {
            var request = new ListJobsRequest { Order = order, Owner = User, NameContains = Name };
            request.States.AddRange(states);
            request.Tags.AddRange(Tags);
            return request;
        }
    }
}
