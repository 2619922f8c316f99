using Whirr.Domain.Jobs;

namespace Whirr.Domain.Runs;

/// <summary>What is seen of the process of a run: the lock on <c>run.lock</c> in its directory, which it holds for as long as it lives.</summary>
/// <param name="IsHeld">Some process holds the lock.</param>
/// <param name="TouchedAt">When the file was last touched; null: there is no such file.</param>
public readonly record struct RunSign(bool IsHeld, DateTimeOffset? TouchedAt);

/// <summary>Whether a run that says it runs does. A job that this daemon knows is not asked here: the queue knows.</summary>
/// <param name="State">Running or lost.</param>
/// <param name="Detail">Why, in a sentence; empty while it runs.</param>
public readonly record struct RunVerdict(JobState State, string Detail)
{
    /// <summary>After how long without a sign a run of another machine is believed to have ended. The same as <c>STALE_SECONDS</c> in the Python package.</summary>
    /// <remarks>A lock of another machine on a shared file system may not be visible here. Its holder touches the file every 30 s, and what is seen
    /// of that is old by what the file system remembers (a minute on NFS) and by what the two clocks differ, and a machine may be busy. Late
    /// news of an end is better than a live run that is called dead.</remarks>
    public static readonly TimeSpan ForeignSilence = TimeSpan.FromMinutes(10);

    private const string NoWord = "its process ended without a word: it was killed, or the machine went down";

    /// <param name="sign">What is seen of the process.</param>
    /// <param name="hostname">The machine that the run says it is on; empty: it does not say.</param>
    /// <param name="isJob">It belongs to a queue (not to that of this daemon).</param>
    /// <param name="here">This machine, with its domain if it has one.</param>
    /// <param name="now">The time of this machine.</param>
    public static RunVerdict Decide(RunSign sign, string hostname, bool isJob, string here, DateTimeOffset now)
    {
        if (sign.IsHeld)
        {
            return new(JobState.Running, "");
        }

        if (hostname.Length == 0 || IsHere(hostname, here))
        {
            return new(JobState.Lost, NoWord);
        }

        // A job of another machine's queue leaves a sign only if its script uses the package: without one nobody here can tell.
        return sign.TouchedAt is { } touched
            ? now - touched > ForeignSilence ? new(JobState.Lost, $"{hostname} has given no sign of it since {Format(touched)}") : new(JobState.Running, "")
            : isJob ? new(JobState.Running, "") : new(JobState.Lost, NoWord);
    }

    // Some write the name down without its domain.
    private static bool IsHere(string hostname, string here) =>
        string.Equals(hostname, here, StringComparison.OrdinalIgnoreCase) || string.Equals(hostname, here.Split('.')[0], StringComparison.OrdinalIgnoreCase);

    private static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
