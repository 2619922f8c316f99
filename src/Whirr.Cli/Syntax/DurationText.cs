using System.Globalization;

namespace Whirr.Cli.Syntax;

/// <summary>Spans of time as people write and read them.</summary>
internal static class DurationText
{
    /// <summary>The two largest units: <c>42s</c>, <c>5m 32s</c>, <c>2h 3m</c>, <c>3d 4h</c>. Parts of a second are cut off; a negative
    /// span (a clock was set back) is <c>0s</c>.</summary>
    public static string Format(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0s",
        { TotalMinutes: < 1 } => $"{span.Seconds}s",
        { TotalHours: < 1 } => $"{span.Minutes}m {span.Seconds}s",
        { TotalDays: < 1 } => $"{span.Hours}h {span.Minutes}m",
        _ => $"{span.Days}d {span.Hours}h",
    };

    /// <summary>The largest unit only: <c>42s</c>, <c>5m</c>, <c>2h</c>, <c>3d</c>.</summary>
    public static string FormatShort(TimeSpan span)
    {
        var text = Format(span);
        var end = text.IndexOf(' ');
        return end < 0 ? text : text[..end];
    }

    /// <summary>Reads <c>90</c> (seconds), <c>1.5s</c>, <c>500ms</c>, <c>5m 32s</c>, <c>2h</c>, <c>1d</c>. Never negative.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return false;
        }

        var sum = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = Count(rest, static c => char.IsAsciiDigit(c) || c == '.');
            var letters = Count(rest[digits..], char.IsAsciiLetter);
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || SecondsOf(rest.Slice(digits, letters)) is not { } unit)
            {
                return false;
            }

            sum += number * unit;
            rest = rest[(digits + letters)..].TrimStart();
        }

        // 100 years: past any use, and far from where a TimeSpan overflows.
        if (sum > 100 * 366 * 86_400.0)
        {
            return false;
        }

        span = TimeSpan.FromSeconds(sum);
        return true;
    }

    private static int Count(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var count = 0;
        while (count < text.Length && belongs(text[count]))
        {
            count++;
        }

        return count;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 0.001,
        "" or "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => null,
    };
}
