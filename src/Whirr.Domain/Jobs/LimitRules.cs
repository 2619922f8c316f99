namespace Whirr.Domain.Jobs;

/// <summary>What limits of a job must be like to be accepted.</summary>
public static class LimitRules
{
    public const long MinMemoryBytes = 1024 * 1024;
    public const long MinLogBytes = 64 * 1024;
    public const int MinCpuMillis = 10;
    public const int MaxCpuMillis = 100_000_000;
    public const int MaxPids = 4_194_304;
    public static readonly TimeSpan MinTime = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan MaxTime = TimeSpan.FromDays(3650);

    /// <summary>Limits of each process that may be set, by their names in setrlimit(2) without RLIMIT_, with the kernel's numbers.</summary>
    public static readonly IReadOnlyDictionary<string, int> Resources = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["cpu"] = 0,
        ["fsize"] = 1,
        ["data"] = 2,
        ["stack"] = 3,
        ["core"] = 4,
        ["rss"] = 5,
        ["nproc"] = 6,
        ["nofile"] = 7,
        ["memlock"] = 8,
        ["as"] = 9,
        ["locks"] = 10,
        ["sigpending"] = 11,
        ["msgqueue"] = 12,
        ["nice"] = 13,
        ["rtprio"] = 14,
        ["rttime"] = 15,
    };

    /// <summary>What is wrong: one sentence that names the field, or null.</summary>
    public static string? FindFault(JobLimits limits)
    {
        if (FindTimeFault(limits) is { } time)
        {
            return time;
        }

        if (limits.MemoryBytes < MinMemoryBytes)
        {
            return $"memory: {limits.MemoryBytes} bytes is too little for any program; the least is 1 MiB";
        }

        if (limits.CpuMillis is < MinCpuMillis or > MaxCpuMillis)
        {
            return "cpus: is not between 0.01 and 100000";
        }

        if (limits.Pids is < 1 or > MaxPids)
        {
            return $"pids: {limits.Pids} is not between 1 and {MaxPids}";
        }

        if (limits.Nice is < -20 or > 19)
        {
            return $"nice: {limits.Nice} is not between -20 and 19";
        }

        if (limits.Io is { Level: < 0 or > 7 } or { Class: not (IoClass.BestEffort or IoClass.Idle) })
        {
            return "ionice: is neither idle nor best-effort with a level from 0 to 7";
        }

        return limits.LogBytes is > 0 and < MinLogBytes
            ? "log_limit: is below 64 KiB (0 is no limit)"
            : FindProcessLimitFault(limits.PerProcess);
    }

    private static string? FindTimeFault(JobLimits limits)
    {
        if (limits.Time is { } time && (time < MinTime || time > MaxTime))
        {
            return "time_limit: is not between 1 ms and 10 years";
        }

        return limits.Warning switch
        {
            { Signal: < 1 or > 64 } warning => $"warn_signal: {warning.Signal} is not a signal",
            { } when limits.Time is null => "warn_signal: there is no time limit to warn of; set one (--time)",
            { } warning when warning.Before <= TimeSpan.Zero || warning.Before >= limits.Time =>
                $"warn_signal: {EndSentence.Words(warning.Before)} before the end is not within the time limit of {EndSentence.Words(limits.Time!.Value)}",
            _ => null,
        };
    }

    private static string? FindProcessLimitFault(IReadOnlyList<ProcessLimit> limits)
    {
        foreach (var limit in limits)
        {
            var name = Resources.FirstOrDefault(resource => resource.Value == limit.Resource).Key;
            if (name is null)
            {
                return $"rlimit: {limit.Resource} is not a resource that can be limited";
            }

            if (limit.Soft > limit.Hard)
            {
                return $"rlimit: the soft limit of {name} is above the hard one";
            }
        }

        return limits.Select(limit => limit.Resource).Distinct().Count() < limits.Count ? "rlimit: a resource is named twice" : null;
    }
}
