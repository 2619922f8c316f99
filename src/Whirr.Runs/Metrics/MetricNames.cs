namespace Whirr.Runs.Metrics;

/// <summary>The columns of a file: a name has a number, given in the order of first appearance.</summary>
public sealed class MetricNames
{
    internal const int Index = -1;
    internal const int Step = -2;
    internal const int Time = -3;
    internal const int Ignored = -4;

    /// <summary>More names than anybody reads come from names that count something; those beyond are left out.</summary>
    public const int Most = 16_384;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Names by number.</summary>
    public IReadOnlyList<string> All => _names;

    /// <summary>The number of a name; -1 for one that does not occur.</summary>
    public int Find(string name) => _numbers.TryGetValue(name, out var number) ? number : -1;

    internal int GetOrAdd(string name)
    {
        switch (name)
        {
            case "_idx": return Index;
            case "step": return Step;
            case "_timestamp": return Time;
        }

        if (_numbers.TryGetValue(name, out var number))
        {
            return number;
        }

        if (_names.Count == Most)
        {
            return Ignored;
        }

        _names.Add(name);
        _numbers.Add(name, _names.Count - 1);
        return _names.Count - 1;
    }
}
