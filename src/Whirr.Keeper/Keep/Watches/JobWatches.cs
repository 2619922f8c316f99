using Whirr.Keeper.Exec;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Machine;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>What a spec asks to be watched in the run directory and the tree of its job.</summary>
/// <param name="spec">What to watch.</param>
/// <param name="use">What the whole tree uses now.</param>
/// <param name="exclude">Gets a process that is the keeper's own, and no part of the tree.</param>
/// <param name="signal">Sends a signal to the main process.</param>
/// <param name="tell">Tells the daemons.</param>
/// <param name="alerts">Takes what the script wants people to know.</param>
/// <param name="end">Ends the job; gets the reason in words.</param>
/// <param name="warn">Takes what a person should know.</param>
/// <param name="time">The clock.</param>
internal sealed class JobWatches(
    LaunchSpec spec,
    Func<KeeperMessage.Alive> use,
    Action<int> exclude,
    Action<int> signal,
    Action<KeeperMessage> tell,
    AlertBoard alerts,
    Action<ExitCause, string> end,
    Action<string> warn,
    TimeProvider time)
{
    private static readonly string[] GpuUse = ["pmon", "-c", "1", "-s", "u"];

    private RunLock? _lock;
    private RunLogFile? _log;
    private LogBound? _bound;
    private StallWatch? _stall;
    private NanWatch? _nan;
    private SystemWatch? _system;
    private AlertWatch? _alerts;
    private bool _isLowSpace;

    /// <summary>Begins, as the command has been started.</summary>
    public IEnumerable<IWatch> Begin(StartFacts facts, long nowMs)
    {
        // First, as somebody may look at any moment. It is held until the keeper ends, behind the record of the end.
        Try("others cannot tell that this run is alive", () => _lock = RunLock.Take(spec, nowMs));
        Try("the log is not kept within its limit", () =>
        {
            _log = RunLogFile.Open(spec, facts.LogInode);
            _bound = new LogBound(_log, spec.LogLimitBytes, warn);
            _bound.SetLowSpace(_isLowSpace);
        });
        if (spec.StallMilliseconds > 0)
        {
            var signs = new ProgressSigns(spec, _log, () => use().Usage.CpuMicroseconds);
            _stall = new StallWatch(spec, signs, Gpu(GpuUse), tell, reason => end(ExitCause.Stalled, reason), Dump, nowMs);
        }

        if (spec.FailOnNan)
        {
            Try("metrics are not watched for NaN", () => _nan = new NanWatch(
                GrowingFile.Begin(spec, RunFiles.Metrics, facts.MetricsOffset), reason => end(ExitCause.NanMetric, reason), warn));
        }

        if (spec.SystemMilliseconds > 0)
        {
            Try("what machine and job use is not written down", () =>
            {
                _system = new SystemWatch(spec.SystemMilliseconds, SystemFile.Begin(spec), use, Gpu(GpuReading.Question), time, nowMs);
                _system.IsPaused = _isLowSpace;
            });
        }

        Try("alerts are not told", () => _alerts = new AlertWatch(GrowingFile.Begin(spec, RunFiles.Alerts, facts.AlertsOffset), alerts, warn));
        return ((IWatch?[])[_lock, _bound, _stall, _nan, _system, _alerts]).OfType<IWatch>();
    }

    /// <summary>Says whether the disk of the run directory is nearly full.</summary>
    public void SetLowSpace(bool isLow)
    {
        _isLowSpace = isLow;
        _bound?.SetLowSpace(isLow);
        _system?.IsPaused = isLow;
    }

    /// <summary>Does the last things, as nothing of the job is left.</summary>
    public void Finish()
    {
        _bound?.Finish();
        _stall?.Finish();
        _nan?.Finish();
        _system?.Finish();
        _alerts?.Finish();
    }

    private GpuProbe? Gpu(IReadOnlyList<string> question) => spec.GpuProbe is { } program ? new GpuProbe(program, question, exclude) : null;

    private void Dump()
    {
        Try("what the processes of the job were doing is not in its log", () => _log?.Append(
            ProcessDump.Take("the job gives no sign of progress; this is what its processes are doing")));
        if (spec.StallSignal > 0)
        {
            signal(spec.StallSignal);
        }
    }

    private void Try(string problem, Action action)
    {
        try
        {
            action();
        }
        catch (LinuxException e)
        {
            warn($"{problem}: {e.Message}");
        }
    }
}
