using Whirr.Domain.Jobs;

namespace Whirr.Engine.Reports;

/// <summary>When a running job will probably end.</summary>
/// <param name="End">When; null: it cannot be said, and <paramref name="Basis"/> says why.</param>
/// <param name="Basis">What that is based on, in words.</param>
public sealed record Estimate(DateTimeOffset? End, string Basis)
{
    /// <summary>Earlier runs that are looked at.</summary>
    public const int MostRuns = 20;

    /// <summary>Estimates by earlier completed runs, else by the time limit; null when there is neither.</summary>
    /// <remarks>Of the earlier runs only those count that took longer than this one has run already: an estimate never lies in the past. It is
    /// their median, and not after the time limit.</remarks>
    public static Estimate? Of(Job job, IReadOnlyList<TimeSpan> earlier, DateTimeOffset now)
    {
        if (job.Attempt?.StartedAt is not { } started)
        {
            return null;
        }

        DateTimeOffset? limit = job.Settings.Limits.Time is { } time ? started + time : null;
        var ran = now - started;
        var longer = earlier.Where(run => run > ran).Order().ToList();
        if (longer.Count > 0)
        {
            var median = longer[longer.Count / 2];
            var runs = earlier.Count == 1 ? "one earlier run" : $"{earlier.Count} earlier runs";
            return limit is { } end && end < started + median
                ? new Estimate(end, "by its time limit")
                : new Estimate(started + median, $"like {runs} of this name");
        }

        if (limit is { } latest && latest > now)
        {
            return new Estimate(latest, "by its time limit, at the latest");
        }

        return earlier.Count switch
        {
            0 => null,
            1 => new Estimate(null, "it runs for longer than the one earlier run of this name"),
            _ => new Estimate(null, $"it runs for longer than all {earlier.Count} earlier runs of this name"),
        };
    }
}
