namespace Whirr.Domain.Jobs;

/// <summary>Sentences about ends, for the user: the same in the queue and in the record of the run.</summary>
public static class EndSentence
{
    /// <summary>The daemon's end was the end of the job.</summary>
    public const string DaemonLoss = "the daemon went away and the job was told to end with it (on_daemon_loss: kill)";

    /// <summary>The keeper got SIGTERM.</summary>
    public const string KeeperStopped =
        "its keeper was told to stop and ended it (the machine shut down, or whirr-jobs.service was stopped)";

    /// <summary>Its time was up.</summary>
    public static string TimeLimit(TimeSpan limit) => $"it ran for as long as it may ({Words(limit)}) and was ended";

    /// <summary>A pause before it is run again.</summary>
    /// <param name="number">Which retry it is, from 1.</param>
    /// <param name="of">How many there are.</param>
    /// <param name="pause">How long the pause is.</param>
    public static string Retry(int number, int of, TimeSpan pause) =>
        pause > TimeSpan.Zero ? $"retry {number} of {of} in {Words(pause)}" : $"retry {number} of {of} at once";

    /// <summary>A time span in the units of the command line: <c>1d 2h</c>, <c>5m 30s</c>, <c>0.5s</c>.</summary>
    public static string Words(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
        {
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");
        }

        var parts = new List<string>();
        foreach (var (number, unit) in (ReadOnlySpan<(int, string)>)[(span.Days, "d"), (span.Hours, "h"), (span.Minutes, "m"), (span.Seconds, "s")])
        {
            if (number > 0)
            {
                parts.Add($"{number}{unit}");
            }
        }

        return string.Join(' ', parts);
    }

    /// <summary>It exited by itself.</summary>
    /// <param name="code">1..255.</param>
    public static string ExitedWith(int code) => $"the command exited with code {code}";

    /// <summary>A signal ended it that did not come from its keeper.</summary>
    public static string Signalled(int signal, bool coreDumped)
    {
        var core = coreDumped ? ", core dumped" : "";
        return $"the command was ended by signal {signal} ({SignalNames.Describe(signal)}{core}); whirr did not send it";
    }
}
