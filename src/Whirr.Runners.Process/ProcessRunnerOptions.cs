using Whirr.KeeperContract;
using Whirr.Linux.Starting;

namespace Whirr.Runners.Process;

/// <summary>What a <see cref="ProcessRunner"/> needs to know about its place.</summary>
public sealed record ProcessRunnerOptions
{
    /// <summary>Absolute path of <c>whirr-keeper</c>.</summary>
    public required string KeeperPath { get; init; }

    /// <summary>Starts keepers.</summary>
    public IProgramStarter Starter { get; init; } = new ChildStarter();

    /// <summary>Absolute path of the directory that gets one directory per live attempt; made with mode 0700 if it is not there. On a disk that
    /// survives a power cut, with Unix sockets and locks.</summary>
    public required string AttemptsDir { get; init; }

    /// <summary>Absolute path of the directory for the runs of jobs that name none. In system mode it is made with mode 0755 and each user gets
    /// a directory of their own in it, named by the user id; users must be able to reach it.</summary>
    public required string DefaultRunsDir { get; init; }

    /// <summary>The daemon's socket, for <c>WHIRR_SOCKET</c> in the environment of jobs.</summary>
    public required string SocketPath { get; init; }

    /// <summary>True: the daemon is root and jobs run as their owners. False: everything runs as the user of the daemon.</summary>
    public bool SystemMode { get; init; }

    /// <summary>A directory of cgroup v2 that is delegated to whirr (see <see cref="Linux.Cgroups.CgroupLocator"/>); null: no cgroups.</summary>
    public string? CgroupRoot { get; init; }

    /// <summary>Why there is no <see cref="CgroupRoot"/>, for the users who ask for limits that need one.</summary>
    public string NoCgroupReason { get; init; } = "it has no cgroup for jobs";

    /// <summary>Bytes that the log of a job may take on disk when it does not say itself; 0: no limit.</summary>
    public long LogLimitBytes { get; init; } = 1L << 30;

    /// <summary>Time between two lines of system.jsonl; zero: none are written.</summary>
    public TimeSpan SystemMetrics { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Absolute path of the program that tells about GPUs and their use (nvidia-smi); null: that is not known here.</summary>
    public string? GpuProbe { get; init; }

    /// <summary>Niceness of jobs, -20..19; null: that of the daemon.</summary>
    public int? Nice { get; init; }

    /// <summary>Resource limits of jobs.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told in a sentence what went wrong and did no harm, e.g. that meta.json could not be written. Called from any thread.</summary>
    public Action<AttemptWarning> Warn { get; init; } = _ => { };
}
