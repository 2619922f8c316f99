namespace Whirr.Domain.Runs;

/// <summary>The order of a list of runs. Runs without the field come last, whichever way; among equals the newer in the index comes first.</summary>
public sealed record RunOrder(RunField Field, bool Descending) : IComparer<RunPlace>
{
    public static readonly RunOrder NewestFirst = new(RunField.Started, Descending: true);

    /// <summary>Reads the name of a field, with <c>-</c> in front for descending order; empty: newest first.</summary>
    /// <exception cref="FormatException">There is no such field.</exception>
    public static RunOrder Parse(string text)
    {
        if (text.Length == 0)
        {
            return NewestFirst;
        }

        var name = text.TrimStart('-');
        return text.Length - name.Length <= 1 && RunField.FindToSortBy(name) is { } field
            ? new(field, text[0] == '-')
            : throw new FormatException($"expected started, finished or one of {RunField.Names}, with - in front for descending order; found \"{text}\"");
    }

    public int Compare(RunPlace? x, RunPlace? y)
    {
        var (left, right) = (x!, y!);
        var order = RunValue.Compare(left.Key, right.Key);
        return order == 0 ? right.Id.CompareTo(left.Id)
            : Descending && !left.Key.IsAbsent && !right.Key.IsAbsent ? -order
            : order;
    }
}

/// <summary>A place in a list of runs.</summary>
/// <param name="Key">The value of the field that the list is sorted by.</param>
/// <param name="Id">Of the run in the index, tells equals apart.</param>
public sealed record RunPlace(RunValue Key, long Id);
