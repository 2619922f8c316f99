using Google.Protobuf.WellKnownTypes;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>The times of a job.</summary>
internal static class Times
{
    /// <summary>Time on the wall of the reader: <c>2026-11-22 03:35:17</c>.</summary>
    public static string Local(Timestamp at, TimeProvider clock) =>
        TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), clock.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss");

    /// <summary>The same, up to the minute; without the date when it is today's.</summary>
    public static string ShortLocal(Timestamp at, TimeProvider clock)
    {
        var local = TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), clock.LocalTimeZone);
        var today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).Date;
        return local.ToString(local.Date == today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm");
    }

    /// <summary>UTC with milliseconds, as in every file and answer of whirr: <c>2026-11-22T03:35:17.042Z</c>.</summary>
    public static string Iso(Timestamp at) => at.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    /// <summary>How long the current or last attempt has run; null before the first.</summary>
    public static TimeSpan? Runtime(Job job, DateTimeOffset now)
    {
        if (job.StartedAt is not { } started)
        {
            return null;
        }

        var end = job.FinishedAt?.ToDateTimeOffset() ?? now;
        var span = end - started.ToDateTimeOffset();
        return span > TimeSpan.Zero ? span : TimeSpan.Zero;
    }

    /// <summary>How long a queued job still pauses before it may be run again; null when it does not.</summary>
    public static TimeSpan? Pause(Job job, DateTimeOffset now) =>
        job is { State: JobState.Queued, EligibleAt: { } eligible } && eligible.ToDateTimeOffset() - now is var left && left > TimeSpan.Zero
            ? left
            : null;
}
