using Whirr.KeeperContract;

namespace Whirr.Runners.Process;

/// <summary>What a <see cref="ProcessRunner"/> needs to know about its place.</summary>
public sealed record ProcessRunnerOptions
{
    /// <summary>Absolute path of <c>whirr-keeper</c>.</summary>
    public required string KeeperPath { get; init; }

    /// <summary>Absolute path of the directory that gets one directory per live attempt; made with mode 0700 if it is not there.</summary>
    public required string AttemptsDir { get; init; }

    /// <summary>Absolute path of the directory for the runs of jobs that name none. In system mode each user gets a directory of its own in it,
    /// named by the user id.</summary>
    public required string DefaultRunsDir { get; init; }

    /// <summary>The daemon's socket, for <c>WHIRR_SOCKET</c> in the environment of jobs.</summary>
    public required string SocketPath { get; init; }

    /// <summary>True: the daemon is root and jobs run as their owners. False: everything runs as the user of the daemon.</summary>
    public bool SystemMode { get; init; }

    /// <summary>A directory of cgroup v2 that is delegated to whirr; null: no cgroups.</summary>
    public string? CgroupRoot { get; init; }

    /// <summary>Niceness of jobs, -20..19; null: that of the daemon.</summary>
    public int? Nice { get; init; }

    /// <summary>Resource limits of jobs.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
