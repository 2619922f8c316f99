namespace Whirr.Domain.Jobs;

/// <summary>Sentences about ends, for the user: the same in the queue and in the record of the run.</summary>
public static class EndSentence
{
    /// <summary>The daemon's end was the end of the job.</summary>
    public const string DaemonLoss = "the daemon went away and the job was told to end with it (on_daemon_loss: kill)";

    /// <summary>The keeper got SIGTERM.</summary>
    public const string KeeperStopped =
        "its keeper was told to stop and ended it (the machine shut down, or whirr-jobs.service was stopped)";

    /// <summary>The keeper got SIGTERM, and then the machine was restarted.</summary>
    public const string Shutdown = "the machine was shut down or restarted, and the job was ended in good order";

    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Its time was up.</summary>
    public static string TimeLimit(TimeSpan limit) => $"it ran for as long as it may ({Words(limit)}) and was ended";

    /// <summary>The kernel killed it for want of memory.</summary>
    /// <param name="limit">What it was allowed, in bytes; null: no limit, so the machine had none left.</param>
    /// <param name="peak">The most that it had, in bytes; 0: not known.</param>
    public static string OutOfMemory(long? limit, long peak)
    {
        var most = peak > 0 ? $"; it had {Bytes(peak)} at most" : "";
        return limit is { } bytes
            ? $"it needed more memory than it may have ({Bytes(bytes)}), so the kernel killed it{most}"
            : $"the machine ran out of memory, and the kernel killed it{most}";
    }

    /// <summary>SIGKILL from an unknown hand, while the kernel was killing processes for want of memory.</summary>
    public static string KilledDuringOom(int signal) =>
        $"{Signalled(signal, coreDumped: false)}; the kernel killed processes of this machine for want of memory meanwhile, so it was most likely that";

    /// <summary>A number of bytes in the units of the command line: <c>512M</c> is <c>512 MiB</c> here.</summary>
    public static string Bytes(long bytes)
    {
        var unit = 0;
        double number = bytes;
        for (; number >= 1024 && unit < Units.Length - 1; unit++)
        {
            number /= 1024;
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number:0.#} {Units[unit]}");
    }

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

    /// <summary>The same a moment before the command was there.</summary>
    /// <param name="signal">1 to 64.</param>
    public static string SignalledAtStart(int signal) =>
        $"the job was ended by signal {signal} ({SignalNames.Describe(signal)}) while it was being started; whirr did not send it";

    /// <summary>A signal ended it that did not come from its keeper.</summary>
    public static string Signalled(int signal, bool coreDumped)
    {
        var core = coreDumped ? ", core dumped" : "";
        return $"the command was ended by signal {signal} ({SignalNames.Describe(signal)}{core}); whirr did not send it";
    }
}
