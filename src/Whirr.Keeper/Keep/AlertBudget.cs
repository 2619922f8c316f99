namespace Whirr.Keeper.Keep;

/// <summary>How many alerts of a job people are told: a script that alerts in a loop must not bury the others.</summary>
internal sealed class AlertBudget
{
    /// <summary>So many in any hour, then one that says where the rest is.</summary>
    public const int MostPerHour = 20;

    /// <summary>What a budget that is full lets through in one moment.</summary>
    public const int MostAtOnce = MostPerHour + 1;

    private const long HourMs = 3_600_000;

    private readonly Queue<long> _told = new();
    private bool _isOverdrawn;

    /// <summary>Takes one out.</summary>
    /// <param name="nowMs">CLOCK_MONOTONIC in milliseconds.</param>
    /// <param name="isLast">True with the first that is left out of a row: the one time to say so.</param>
    /// <returns>False: it is to be left out.</returns>
    public bool TryTake(long nowMs, out bool isLast)
    {
        while (_told.TryPeek(out var at) && nowMs - at >= HourMs)
        {
            _told.Dequeue();
        }

        var isLeft = _told.Count < MostPerHour;
        isLast = !isLeft && !_isOverdrawn;
        _isOverdrawn = !isLeft;
        if (isLeft)
        {
            _told.Enqueue(nowMs);
        }

        return isLeft;
    }
}
