using System.Text;
using Whirr.Domain.Jobs;

namespace Whirr.Daemon.Configuration;

public sealed partial record DaemonConfig
{
    /// <summary>The configuration as a file that would set it.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine($"# {(SystemMode ? "system" : "user")} daemon, configuration file: {ConfigFile ?? "none"}");
        foreach (var (name, value) in new (string, object)[]
        {
            ("socket", Socket),
            ("state_dir", StateDir),
            ("runs_dir", RunsDir),
            ("slots", Slots),
            ("kill_grace_period", $"{KillGracePeriod.TotalSeconds:0.###}s"),
            ("max_attempts", MaxAttempts),
            ("on_lost", OnLost.ToString().ToLowerInvariant()),
            ("on_daemon_loss", OnDaemonLoss.ToString().ToLowerInvariant()),
            ("heartbeat_interval", $"{HeartbeatInterval.TotalSeconds:0.###}s"),
            ("heartbeat_timeout", $"{HeartbeatTimeout.TotalSeconds:0.###}s"),
            ("min_free_space", SettingText.Bytes(MinFreeSpace)),
            ("log_limit", SettingText.Bytes(LogLimit)),
            ("system_metrics", SystemMetrics > TimeSpan.Zero ? $"{SystemMetrics.TotalSeconds:0.###}s" : "off"),
            ("cgroup", Cgroup),
            ("keeper", Keeper),
            ("launcher", Launcher ?? "off"),
            ("notify_on", NoticeRules.Format(NotifyOn)),
            ("notify_command", NotifyCommand),
            (NotifyWebhook.Length == 0 ? "notify_webhook" : "# notify_webhook", NoticeTargets.Shown(NotifyWebhook)),
            ("notify_mail", NotifyMail),
            ("notify_log_lines", NotifyLogLines),
            ("sendmail", Sendmail),
            ("retention_age", Retention.Age is { } age ? $"{age.TotalSeconds:0.###}s" : "off"),
            ("retention_count", (object?)Retention.Count ?? "off"),
            ("retention_size", (object?)Retention.Bytes ?? "off"),
            ("retention_removes", Retention.RemoveRuns ? "runs" : "records"),
            ("log_level", LogLevel == Serilog.Events.LogEventLevel.Information ? "info" : LogLevel.ToString().ToLowerInvariant()),
        })
        {
            text.AppendLine($"{name}: {value}");
        }

        return text.ToString();
    }
}
