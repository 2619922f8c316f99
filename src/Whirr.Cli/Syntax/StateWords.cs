using Whirr.Cli.Failures;
using Whirr.Domain.Jobs;
using WireState = Whirr.Protocol.V1.JobState;

namespace Whirr.Cli.Syntax;

/// <summary>Job states between the wire and people.</summary>
internal static class StateWords
{
    /// <summary>E.g. <c>running</c>, <c>unknown</c> where nothing tells; a state that this program does not know yet is shown by its number.</summary>
    public static string ToWord(this WireState state) =>
        state is >= WireState.Queued and <= WireState.Lost ? ((JobState)state).ToWord()
        : state == WireState.Unspecified ? "unknown"
        : $"state {(int)state}";

    /// <summary>True for states that never change again.</summary>
    public static bool IsEnded(this WireState state) => state >= WireState.Completed;

    /// <summary>Reads <c>queued,running</c>, in any case and with the aliases of other tools.</summary>
    /// <exception cref="CommandFailure">An unknown word.</exception>
    public static IReadOnlyList<WireState> Parse(string text)
    {
        var states = new List<WireState>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!JobStates.TryParse(word, out var state))
            {
                var known = string.Join(", ", JobStates.All.Select(each => each.ToWord()));
                throw CommandFailure.Usage($"there is no state {SafeText.Quote(word)}; the states are {known}.");
            }

            states.Add((WireState)state);
        }

        return states;
    }
}
