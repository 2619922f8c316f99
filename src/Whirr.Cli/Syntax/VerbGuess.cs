namespace Whirr.Cli.Syntax;

/// <summary>Which verb was meant by a word that is none.</summary>
internal static class VerbGuess
{
    // What other queues and shells call it.
    private static readonly Dictionary<string, string> OtherWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ps"] = "status",
        ["ls"] = "status",
        ["list"] = "status",
        ["queue"] = "status",
        ["kill"] = "cancel",
        ["stop"] = "cancel",
        ["run"] = "submit",
        ["add"] = "submit",
        ["log"] = "logs",
        ["tail"] = "logs",
        ["restart"] = "retry",
        ["check"] = "doctor",
        ["pause"] = "drain",
        ["hold"] = "drain",
        ["unhold"] = "resume",
        ["release"] = "resume",
        ["top"] = "watch",
        ["experiments"] = "runs",
        ["remove"] = "rm",
        ["delete"] = "rm",
        ["prune"] = "clean",
        ["purge"] = "clean",
    };

    /// <summary>The verb; null when nothing comes close.</summary>
    public static string? Closest(string word, IEnumerable<string> verbs)
    {
        if (OtherWords.TryGetValue(word, out var known))
        {
            return known;
        }

        // One slip for each three letters: with more, any short word is close to any other.
        var slips = Math.Max(1, word.Length / 3);
        return verbs
            .Select(verb => (Verb: verb, Distance: Distance(word.ToLowerInvariant(), verb)))
            .Where(each => each.Distance <= slips)
            .OrderBy(each => each.Distance)
            .FirstOrDefault().Verb;
    }

    /// <summary>How many letters must be added, left out, replaced or swapped with their neighbour to make one word of the other
    /// (the optimal string alignment distance).</summary>
    internal static int Distance(string one, string other)
    {
        var costs = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                costs[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        costs[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1),
                        Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1),
                };
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
                }
            }
        }

        return costs[one.Length, other.Length];
    }
}
