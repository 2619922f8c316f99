using System.Globalization;

namespace Grpc.Wire;

/// <summary>The coding of <c>grpc-timeout</c>: 1 to 8 digits and a unit, one of H M S m (ms) u (µs) n (ns).</summary>
internal static class TimeoutCoding
{
    private const long LargestNumber = 99_999_999;
    private const long NanosecondsPerTick = 100;

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>
    /// The timeout in the finest unit that has room for it, rounded up, so that the server never gives up before the client.
    /// Zero or less becomes the shortest timeout there is.
    /// </summary>
    public static string Encode(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        if (timeout.Ticks <= LargestNumber / NanosecondsPerTick)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{timeout.Ticks * NanosecondsPerTick}n");
        }

        foreach (var (unit, ticks) in Units)
        {
            var number = timeout.Ticks / ticks + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (number <= LargestNumber)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
            }
        }

        throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "No timeout is longer than 99999999 hours.");
    }

    /// <summary>False for everything but 1 to 8 digits and a unit. Fractions of a tick (100 ns) are rounded up.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || text[..^1].ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var number = long.Parse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture);
        if (text[^1] == 'n')
        {
            timeout = new TimeSpan((number + NanosecondsPerTick - 1) / NanosecondsPerTick);
            return true;
        }

        foreach (var (unit, ticks) in Units)
        {
            if (text[^1] == unit)
            {
                timeout = new TimeSpan(number * ticks);
                return true;
            }
        }

        return false;
    }
}
