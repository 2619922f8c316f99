namespace Whirr.Runs.Metrics;

/// <summary>Reads times such as <c>2026-01-31T23:59:59.123Z</c> (RFC 3339) as seconds since 1970. One without a zone is UTC.</summary>
/// <remarks>The lines of a file follow each other within seconds, so what the minute means is remembered.</remarks>
internal struct MetricTimestamps
{
    private const int MinuteLength = 16;

    private Minute _minute;
    private double _start;

    public bool TryRead(ReadOnlySpan<byte> text, out double seconds)
    {
        seconds = 0;
        if (text.Length < MinuteLength + 3 || text[MinuteLength] != ':' || !TryReadMinute(text[..MinuteLength]))
        {
            return false;
        }

        var at = MinuteLength + 3;
        if (!TryReadTwo(text, MinuteLength + 1, out var second))
        {
            return false;
        }

        long fraction = 0;
        long unit = 1;
        if (at < text.Length && text[at] == '.')
        {
            for (at++; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
            {
                if (unit < 1_000_000_000)
                {
                    fraction = (fraction * 10) + (text[at] - '0');
                    unit *= 10;
                }
            }
        }

        if (!TryReadZone(text[at..], out var offset))
        {
            return false;
        }

        seconds = _start + second - offset + ((double)fraction / unit);
        return true;
    }

    private bool TryReadMinute(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual(_minute))
        {
            return true;
        }

        if (text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[13] != ':'
            || !TryReadTwo(text, 0, out var century) || !TryReadTwo(text, 2, out var year) || !TryReadTwo(text, 5, out var month)
            || !TryReadTwo(text, 8, out var day) || !TryReadTwo(text, 11, out var hour) || !TryReadTwo(text, 14, out var minute))
        {
            return false;
        }

        year += century * 100;
        if (year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59)
        {
            return false;
        }

        _start = (new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds;
        text.CopyTo(_minute);
        return true;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text is [] or [(byte)'Z' or (byte)'z'])
        {
            return true;
        }

        if (text is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] || !TryReadTwo(text, 1, out var hours) || !TryReadTwo(text, 4, out var minutes))
        {
            return false;
        }

        seconds = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TryReadTwo(ReadOnlySpan<byte> text, int at, out int number)
    {
        var (tens, ones) = (text[at] - '0', text[at + 1] - '0');
        number = (tens * 10) + ones;
        return (uint)tens <= 9 && (uint)ones <= 9;
    }

    [System.Runtime.CompilerServices.InlineArray(MinuteLength)]
    private struct Minute
    {
        private byte _first;
    }
}
