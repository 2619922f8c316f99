using Serilog.Events;
using Whirr.Domain.Jobs;
using Whirr.Engine.Retention;

namespace Whirr.Daemon.Configuration;

/// <summary>Everything that can be set, with its value.</summary>
public sealed partial record DaemonConfig
{
    /// <summary>System: root, jobs run as their submitters. User: everything as this user.</summary>
    public required bool SystemMode { get; init; }

    /// <summary>The file that was read; null for none.</summary>
    public string? ConfigFile { get; init; }

    public required string Socket { get; init; }
    public required string StateDir { get; init; }
    public required string RunsDir { get; init; }
    public required int Slots { get; init; }
    public TimeSpan KillGracePeriod { get; init; } = TimeSpan.FromSeconds(10);
    public int MaxAttempts { get; init; } = 3;
    public OnLost OnLost { get; init; } = OnLost.Requeue;
    public OnDaemonLoss OnDaemonLoss { get; init; } = OnDaemonLoss.Keep;

    /// <summary><c>auto</c>, <c>off</c>, or the path of a cgroup v2 directory that is delegated to this daemon.</summary>
    public string Cgroup { get; init; } = "auto";

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Bytes that must stay free on disks; 0: nothing is watched.</summary>
    public long MinFreeSpace { get; init; } = 1L << 30;

    /// <summary>Bytes that the log of a job may take on disk where the job says nothing else; 0: no limit.</summary>
    public long LogLimit { get; init; } = 1L << 30;

    /// <summary>Time between two lines of system.jsonl; zero: none are written.</summary>
    public TimeSpan SystemMetrics { get; init; } = TimeSpan.FromSeconds(10);

    public required string Keeper { get; init; }

    /// <summary>Socket of <c>whirr-keeper anchor</c>; null: the daemon starts programs itself.</summary>
    public string? Launcher { get; init; }

    /// <summary>What is told about jobs that say nothing about it themselves.</summary>
    public NoticeEvents NotifyOn { get; init; }

    /// <summary>A program and its arguments, separated by blanks; empty: none.</summary>
    public string NotifyCommand { get; init; } = "";

    /// <summary>A URL, which is a secret; empty: none.</summary>
    public string NotifyWebhook { get; init; } = "";

    /// <summary><c>owner</c> (of the job) or an address; empty: none.</summary>
    public string NotifyMail { get; init; } = "";

    public int NotifyLogLines { get; init; } = 20;

    /// <summary>The mail program of this machine.</summary>
    public string Sendmail { get; init; } = "/usr/sbin/sendmail";

    /// <summary>How much of the past is kept.</summary>
    public RetentionLimits Retention { get; init; } = RetentionLimits.None;

    public LogEventLevel LogLevel { get; init; } = LogEventLevel.Information;
}
