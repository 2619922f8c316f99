using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;
using Option = System.CommandLine.Option;

namespace Whirr.Cli.Commands;

/// <summary>The options of <c>clean</c> that choose jobs.</summary>
internal sealed class CleanChoice
{
    private readonly Option<string> _olderThan = new("--older-than") { Description = "Only those that ended longer ago, e.g. 30d", HelpName = "DURATION" };
    private readonly Option<string> _keep = new("--keep") { Description = "Leave the newest this many", HelpName = "N" };
    private readonly Option<string> _states = new("--state", "-s")
    {
        Description = "Only those in these states, e.g. failed,cancelled (default: all ended ones)",
        HelpName = "A,B",
    };

    public IEnumerable<Option> All => [_olderThan, _keep, _states];

    /// <exception cref="CommandFailure">An option is wrong.</exception>
    public CleanRequest Read(ParseResult options, DateTimeOffset now, IReadOnlyList<long> ids, bool runs)
    {
        var request = new CleanRequest
        {
            EndedBefore = (options.GetValue(_olderThan) is { } age ? now - ParseAge(age) : now).ToTimestamp(),
            Keep = options.GetValue(_keep) is { } keep ? ParseKeep(keep) : 0,
            RemoveRuns = runs,
        };
        request.Ids.AddRange(ids);
        foreach (var state in options.GetValue(_states) is { } states ? StateWords.Parse(states) : [])
        {
            request.States.Add(state.IsEnded()
                ? state
                : throw CommandFailure.Usage($"only ended jobs can be removed, and {state.ToWord()} ones are not; to end them: `whirrctl cancel`."));
        }

        return request;
    }

    private static TimeSpan ParseAge(string text) => DurationText.TryParse(text, out var age)
        ? age
        : throw CommandFailure.Usage($"--older-than takes a time like 30d or 12h, not {SafeText.Quote(text)}.");

    private static uint ParseKeep(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var keep)
            ? keep
            : throw CommandFailure.Usage($"--keep takes a whole number like 1000, not {SafeText.Quote(text)}.");
}
