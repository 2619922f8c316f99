using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Whirr.Domain.Jobs;

/// <summary>Causes of failure, as <c>--retry-on</c> names them: <c>exit:75,signal,oom,time,stalled,nan,start</c>.</summary>
/// <remarks><c>exit</c> and <c>signal</c> alone mean any code and any signal; with numbers, <c>exit:1:75</c> or <c>signal:KILL:11</c>, those.</remarks>
public sealed class RetryCauses : IEquatable<RetryCauses>
{
    private static readonly (string Word, EndReason Reason)[] Words =
    [
        ("exit", EndReason.ExitCode),
        ("signal", EndReason.Signal),
        ("oom", EndReason.MemoryLimit),
        ("time", EndReason.TimeLimit),
        ("stalled", EndReason.Stalled),
        ("nan", EndReason.NanMetric),
        ("start", EndReason.StartFailed),
    ];

    // After the words, which it is read with: static fields are set in the order they stand in.
    /// <summary>What <c>--retries</c> means without <c>--retry-on</c>: what may well go better the next time.</summary>
    public static readonly RetryCauses Default = Parse("exit,signal,oom");

    private readonly string _text;
    private readonly Dictionary<EndReason, HashSet<int>> _causes;

    private RetryCauses(string text, Dictionary<EndReason, HashSet<int>> causes)
    {
        _text = text;
        _causes = causes;
    }

    /// <summary>Reads a list of causes.</summary>
    /// <exception cref="FormatException">It is none; the message says why and what there is.</exception>
    public static RetryCauses Parse(string text) =>
        TryParse(text, out var causes, out var fault) ? causes : throw new FormatException(fault);

    /// <summary>As <see cref="Parse"/>, with the fault as a value.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RetryCauses? causes, [NotNullWhen(false)] out string? fault)
    {
        Dictionary<EndReason, HashSet<int>> found = [];
        List<string> canonical = [];
        causes = null;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = item.Split(':');
            var reason = Array.Find(Words, word => word.Word == parts[0]).Reason;
            if (reason == EndReason.None)
            {
                fault = $"\"{item}\" is not a cause of failure; there are {string.Join(", ", Words.Select(word => word.Word))}";
                return false;
            }

            if (parts.Length > 1 && reason is not (EndReason.ExitCode or EndReason.Signal))
            {
                fault = $"\"{item}\": only exit and signal take numbers";
                return false;
            }

            var numbers = found.TryGetValue(reason, out var known) ? known : found[reason] = [];
            foreach (var part in parts.Skip(1))
            {
                if (ReadNumber(part, reason) is not { } number)
                {
                    fault = reason == EndReason.ExitCode
                        ? $"\"{item}\": an exit code is a number from 1 to 255"
                        : $"\"{item}\": a signal is a number from 1 to 64 or a name like KILL";
                    return false;
                }

                numbers.Add(number);
            }

            canonical.Add(item);
        }

        if (canonical.Count == 0)
        {
            fault = $"no cause is named; there are {string.Join(", ", Words.Select(word => word.Word))}";
            return false;
        }

        causes = new RetryCauses(string.Join(',', canonical), found);
        fault = null;
        return true;
    }

    /// <summary>True when an end of this kind is among the causes.</summary>
    /// <param name="reason">Who ended the attempt.</param>
    /// <param name="number">The exit code or the signal; 0 for other reasons.</param>
    public bool Include(EndReason reason, int number) =>
        _causes.TryGetValue(reason, out var numbers) && (numbers.Count == 0 || numbers.Contains(number));

    public bool Equals(RetryCauses? other) => other is not null && other._text == _text;

    public override bool Equals(object? obj) => Equals(obj as RetryCauses);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The list as it was written, without spaces.</summary>
    public override string ToString() => _text;

    private static int? ReadNumber(string text, EndReason reason)
    {
        if (reason == EndReason.Signal && SignalNames.Find(text) is { } signal)
        {
            return signal;
        }

        var highest = reason == EndReason.Signal ? 64 : 255;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= highest ? number : null;
    }
}
