namespace Whirr.Domain.Jobs;

/// <summary>What an attempt may use and how it is treated by the machine.</summary>
public sealed record JobLimits
{
    public static readonly JobLimits None = new();

    /// <summary>How long an attempt may run, counted while the machine is awake; null: for ever.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>A signal ahead of the end of <see cref="Time"/>; null: none.</summary>
    public TimeWarning? Warning { get; init; }

    /// <summary>Memory of the whole tree in bytes, caches included (memory.max of cgroup v2); null: no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processor time of the whole tree in thousandths of a processor (cpu.max of cgroup v2); null: no limit.</summary>
    public int? CpuMillis { get; init; }

    /// <summary>Processes and threads of the whole tree (pids.max of cgroup v2); null: no limit.</summary>
    public int? Pids { get; init; }

    /// <summary>Niceness, -20..19; null: the daemon's.</summary>
    public int? Nice { get; init; }

    /// <summary>I/O priority; null: derived from the niceness by the kernel.</summary>
    public IoPriority? Io { get; init; }

    /// <summary>Limits of each process (setrlimit(2)).</summary>
    public IReadOnlyList<ProcessLimit> PerProcess { get; init; } = [];

    /// <summary>Bytes that <c>output.log</c> may take on disk; head and tail are kept. 0: no limit. Null: the daemon's.</summary>
    public long? LogBytes { get; init; }
}

/// <summary>A signal that a job gets before its time is up.</summary>
/// <param name="Signal">1..64.</param>
/// <param name="Before">How long before.</param>
public readonly record struct TimeWarning(int Signal, TimeSpan Before);

/// <summary>I/O priority (ioprio_set(2)).</summary>
/// <param name="Class">Best effort or idle.</param>
/// <param name="Level">0 (first) to 7, of best effort; 0 for idle.</param>
public readonly record struct IoPriority(IoClass Class, int Level);

/// <summary>Classes of I/O priority: the kernel's numbers.</summary>
public enum IoClass
{
    BestEffort = 2,
    Idle = 3,
}

/// <summary>A limit of each process of a job.</summary>
/// <param name="Resource">The kernel's number, e.g. 7 for RLIMIT_NOFILE.</param>
/// <param name="Soft">In the resource's own unit; <see cref="ulong.MaxValue"/>: none.</param>
/// <param name="Hard">As <paramref name="Soft"/>, not below it.</param>
public readonly record struct ProcessLimit(int Resource, ulong Soft, ulong Hard);
