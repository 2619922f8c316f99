using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Signs that a job gets on: output, metrics, processor time.</summary>
/// <param name="spec">Where its run is.</param>
/// <param name="log">Its log; null when that cannot be looked at.</param>
/// <param name="cpuMicroseconds">Processor time of the whole tree until now.</param>
internal sealed class ProgressSigns(LaunchSpec spec, RunLogFile? log, Func<long> cpuMicroseconds)
{
    /// <summary>A hundredth of a processor. A job that waits still looks at its clock now and then.</summary>
    private const long LeastCpuPerMs = 10;

    private long _log;
    private long _metrics;
    private long _cpu;

    /// <summary>Remembers how things are.</summary>
    public void Take() => (_log, _metrics, _cpu) = (LogSize(), MetricsSize(), cpuMicroseconds());

    /// <summary>True when there was a sign since the last look.</summary>
    /// <param name="elapsedMs">How long that is ago.</param>
    public bool HaveMoved(long elapsedMs)
    {
        var (log, metrics, cpu) = (_log, _metrics, _cpu);
        Take();
        return _log != log || _metrics != metrics || _cpu - cpu >= Math.Max(1, elapsedMs * LeastCpuPerMs);
    }

    private long LogSize()
    {
        try
        {
            return log?.File.Stat().Size ?? 0;
        }
        catch (LinuxException)
        {
            // A file system that has gone away: nothing is written there.
            return 0;
        }
    }

    private long MetricsSize()
    {
        try
        {
            using var identity = RunUser.Assume(spec.RunAs);
            return Paths.TryStat(null, $"{spec.RunDir}/{RunFiles.Metrics}")?.Size ?? 0;
        }
        catch (LinuxException)
        {
            return 0;
        }
    }
}
