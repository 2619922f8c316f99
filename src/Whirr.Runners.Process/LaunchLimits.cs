using Whirr.Domain.Jobs;
using Whirr.KeeperContract;

namespace Whirr.Runners.Process;

/// <summary>Tells keepers what an attempt may use and what is to be watched, in the numbers of the kernel.</summary>
internal static class LaunchLimits
{
    private const int IoClassShift = 13;

    public static LaunchSpec Apply(LaunchSpec spec, JobSettings settings, ProcessRunnerOptions options)
    {
        var limits = settings.Limits;
        return Watched(spec, settings.Watch, options) with
        {
            TimeLimitMilliseconds = limits.Time is { } time ? Milliseconds(time) : null,
            WarnSignal = limits.Warning?.Signal ?? 0,
            WarnBeforeMilliseconds = limits.Warning is { } warning ? Milliseconds(warning.Before) : 0,
            MemoryBytes = limits.MemoryBytes,
            CpuMillis = limits.CpuMillis,
            Pids = limits.Pids,
            LogLimitBytes = limits.LogBytes ?? options.LogLimitBytes,
            UserNice = limits.Nice,
            IoPriority = limits.Io is { } io ? ((int)io.Class << IoClassShift) | io.Level : 0,
            UserLimits = [.. limits.PerProcess.Select(limit => new ResourceLimit(limit.Resource, limit.Soft, limit.Hard))],
        };
    }

    private static LaunchSpec Watched(LaunchSpec spec, JobWatch watch, ProcessRunnerOptions options) => spec with
    {
        StallMilliseconds = watch.StallAfter is { } stall ? Milliseconds(stall) : 0,
        OnStall = watch.OnStall switch
        {
            StallAction.Dump => StallReaction.Dump,
            // Whether it is run again is decided when it has ended.
            StallAction.Kill or StallAction.Retry => StallReaction.End,
            _ => StallReaction.Tell,
        },
        StallSignal = watch.StallSignal,
        SystemMilliseconds = (long)options.SystemMetrics.TotalMilliseconds,
        GpuProbe = options.GpuProbe,
        FailOnNan = watch.FailOnNan,
    };

    /// <summary>At least 1: a span that was asked for is none that is missing.</summary>
    private static long Milliseconds(TimeSpan span) => Math.Max(1, (long)Math.Ceiling(span.TotalMilliseconds));
}
