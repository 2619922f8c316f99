using System.Globalization;

namespace Whirr.Cli.Syntax;

/// <summary>A moment in the past as people write it.</summary>
internal static class SinceText
{
    /// <summary>What may be written, for messages.</summary>
    public const string Forms = "18:00, \"yesterday 18:00\", 2026-11-23, 2026-11-23T18:00 or 12h";

    private static readonly string[] Clocks = ["H:mm", "HH:mm", "H:mm:ss", "HH:mm:ss"];
    private static readonly string[] Moments =
        ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFF"];

    private static readonly string[] MomentsWithZone = ["yyyy-MM-ddTHH:mmzzz", "yyyy-MM-ddTHH:mm:sszzz", "yyyy-MM-ddTHH:mm:ss.FFFzzz"];

    /// <summary>The evening before: yesterday at six.</summary>
    public static DateTimeOffset Evening(DateTimeOffset now, TimeZoneInfo zone) => At(Today(now, zone).AddDays(-1).AddHours(18), zone);

    /// <summary>Reads a time of day (the last one that was), a day with or without one, an ISO 8601 moment, or how long ago. Times without an
    /// offset are those on the wall of the reader.</summary>
    public static bool TryParse(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset moment)
    {
        text = text.Trim();
        var today = Today(now, zone);
        if (DurationText.TryParse(text, out var ago))
        {
            moment = now - ago;
            return true;
        }

        if (TryClock(text, out var clock))
        {
            moment = At(today + clock, zone);
            moment = moment <= now ? moment : At(today.AddDays(-1) + clock, zone);
            return true;
        }

        foreach (var (word, day) in (ReadOnlySpan<(string, DateTime)>)[("yesterday", today.AddDays(-1)), ("today", today)])
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                var rest = text[word.Length..].Trim();
                var hasClock = TryClock(rest, out clock);
                moment = At(day + clock, zone);
                return hasClock || rest.Length == 0;
            }
        }

        if (DateTime.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            moment = At(local, zone);
            return true;
        }

        var iso = text.EndsWith('Z') ? text[..^1] + "+00:00" : text;
        return DateTimeOffset.TryParseExact(iso, MomentsWithZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out moment);
    }

    private static DateTime Today(DateTimeOffset now, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(now, zone).Date;

    private static bool TryClock(string text, out TimeSpan clock)
    {
        var found = TimeOnly.TryParseExact(text, Clocks, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        clock = time.ToTimeSpan();
        return found;
    }

    // A time that the change to summer leaves out counts by the offset before it.
    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone) =>
        new(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)));
}
