namespace Whirr.Torture;

/// <summary>All chance of one step, the same for the same seed: what is decided can be played again, when things happen cannot.</summary>
internal sealed class Dice(int seed, int step)
{
    // Any odd multiplier keeps neighbouring steps of neighbouring seeds apart.
    private readonly Random _random = new(unchecked((seed * 1_000_003) + (step * 7_919)));

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both possible.</summary>
    public int Number(int least, int most) => _random.Next(least, most + 1);

    /// <summary>True so many times in a hundred.</summary>
    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    /// <summary>One of several, each as often as its weight says.</summary>
    public T Draw<T>(IReadOnlyList<(int Weight, T Item)> deck)
    {
        var left = _random.Next(deck.Sum(card => card.Weight));
        return deck.First(card => (left -= card.Weight) < 0).Item;
    }

    public Guid Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
