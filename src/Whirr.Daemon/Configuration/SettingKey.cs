using Serilog.Events;
using Whirr.Domain.Jobs;

namespace Whirr.Daemon.Configuration;

/// <summary>One thing that can be set: the same name in the file, in the environment and on the command line.</summary>
/// <param name="Name">Its name in the file; <c>WHIRR_</c> and upper case in the environment, <c>--</c> and dashes on the command line.</param>
/// <param name="Value">What to write as value, for the help.</param>
/// <param name="Help">What it does and its default.</param>
/// <param name="Reloads">True when SIGHUP applies a new value to a running daemon.</param>
/// <param name="Apply">Puts a text into the configuration.</param>
public sealed record SettingKey(string Name, string Value, string Help, bool Reloads, Func<DaemonConfig, string, DaemonConfig> Apply)
{
    /// <summary>Every setting there is.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        new(
            "socket",
            "PATH",
            "Unix socket to listen on (system: /run/whirr/whirr.sock; user: $XDG_RUNTIME_DIR/whirr/whirr.sock).",
            Reloads: false,
            (config, text) => config with { Socket = SettingText.Path(text) }),
        new(
            "state_dir",
            "PATH",
            "Directory of the database and of what running jobs need (system: /var/lib/whirr; user: $XDG_STATE_HOME/whirr).",
            Reloads: false,
            (config, text) => config with { StateDir = SettingText.Path(text) }),
        new(
            "runs_dir",
            "PATH",
            "Where run directories go for jobs outside any .whirr project (system: /var/lib/whirr/runs; user: $XDG_DATA_HOME/whirr/runs).",
            Reloads: false,
            (config, text) => config with { RunsDir = SettingText.Path(text) }),
        new(
            "slots",
            "N",
            "How many jobs may run at once, 0 to 10000 (default: the number of CPUs). 0 starts nothing.",
            Reloads: true,
            (config, text) => config with { Slots = SettingText.Number(text, 0, 10_000) }),
        new(
            "kill_grace_period",
            "DURATION",
            "Time between SIGTERM and SIGKILL when a job is cancelled, 0 to 1d (default: 10s). A number alone is seconds.",
            Reloads: true,
            (config, text) => config with { KillGracePeriod = SettingText.Duration(text, JobRules.MaxKillGracePeriod) }),
        new(
            "max_attempts",
            "N",
            "How many attempts of a job may be lost to the machine before it is given up, 1 to 1000 (default: 3).",
            Reloads: true,
            (config, text) => config with { MaxAttempts = SettingText.Number(text, 1, JobRules.MaxAttempts) }),
        new(
            "on_lost",
            "requeue|stop",
            "What becomes of a job whose attempt is proven dead without a result (default: requeue).",
            Reloads: true,
            (config, text) => config with { OnLost = SettingText.Choice(text, ("requeue", OnLost.Requeue), ("stop", OnLost.Stop)) }),
        new(
            "on_daemon_loss",
            "keep|kill",
            "What becomes of running jobs when whirrd goes away (default: keep).",
            Reloads: true,
            (config, text) => config with { OnDaemonLoss = SettingText.Choice(text, ("keep", OnDaemonLoss.Keep), ("kill", OnDaemonLoss.Kill)) }),
        new(
            "heartbeat_interval",
            "DURATION",
            "How often running jobs are asked for a sign of life, 100ms to 1h (default: 30s). With nothing running nothing is asked.",
            Reloads: true,
            (config, text) => config with { HeartbeatInterval = SettingText.Duration(text, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)) }),
        new(
            "heartbeat_timeout",
            "DURATION",
            "After how long without a sign of life a running job is told to be silent, 200ms to 1d (default: 120s). It is never ended for it.",
            Reloads: true,
            (config, text) => config with { HeartbeatTimeout = SettingText.Duration(text, TimeSpan.FromMilliseconds(200), TimeSpan.FromDays(1)) }),
        new(
            "min_free_space",
            "BYTES",
            "What must stay free on the disks of the state and of the runs (default: 1GiB, on disks below 20 GiB at most 5 %; 0: not watched). Below it no job is started that writes there.",
            Reloads: true,
            (config, text) => config with { MinFreeSpace = SettingText.Bytes(text) }),
        new(
            "log_limit",
            "BYTES",
            "Disk space that the log of a job may take, of which head and tail are kept (default: 1GiB; 0: no limit). A job may say otherwise (--log-limit).",
            Reloads: false,
            (config, text) => config with
            {
                LogLimit = SettingText.Bytes(text) is var bytes && bytes is 0 or >= LimitRules.MinLogBytes
                    ? bytes
                    : throw new FormatException($"\"{text}\" is below 64KiB; 0 is no limit"),
            }),
        new(
            "system_metrics",
            "DURATION|off",
            "How often it is written down in the run directory what machine and job use, 1s to 1h (default: 10s; off: never).",
            Reloads: false,
            (config, text) => config with
            {
                SystemMetrics = text == "off" ? TimeSpan.Zero : SettingText.Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            }),
        new(
            "cgroup",
            "auto|off|PATH",
            "Where jobs get control groups (cgroup v2): a delegated directory, auto to look for one, off for none (default: auto).",
            Reloads: false,
            (config, text) => config with { Cgroup = text is "auto" or "off" ? text : SettingText.Path(text) }),
        new(
            "keeper",
            "PATH",
            "The whirr-keeper program (default: beside whirrd, else /usr/lib/whirr/whirr-keeper).",
            Reloads: false,
            (config, text) => config with { Keeper = SettingText.Path(text) }),
        new(
            "launcher",
            "PATH|off",
            "Socket of the process that starts keepers, mail programs and notify_command for whirrd (whirr-keeper anchor), so that they have nothing of its sandbox (default: off, whirrd starts them itself; the units in systemd/ set it).",
            Reloads: false,
            (config, text) => config with { Launcher = text == "off" ? null : SettingText.Path(text) }),
        .. NoticeSettingKeys.All,
        new(
            "retention_age",
            "DURATION|off",
            "Ended jobs older than this are removed, once an hour (default: off, which keeps them for ever).",
            Reloads: true,
            (config, text) => config with
            {
                Retention = config.Retention with { Age = text == "off" ? null : SettingText.Duration(text, TimeSpan.FromDays(36500)) },
            }),
        new(
            "retention_count",
            "N|off",
            "Of the ended jobs the newest N stay (default: off).",
            Reloads: true,
            (config, text) => config with { Retention = config.Retention with { Count = text == "off" ? null : SettingText.Number(text, 0, int.MaxValue) } }),
        new(
            "retention_size",
            "BYTES|off",
            "Space that the run directories of ended jobs may take; the oldest go first. Needs retention_removes: runs (default: off).",
            Reloads: true,
            (config, text) => config with { Retention = config.Retention with { Bytes = text == "off" ? null : SettingText.Bytes(text) } }),
        new(
            "retention_removes",
            "records|runs",
            "What goes with a job that is removed: only what the queue knows of it, or also its run directory (default: records).",
            Reloads: true,
            (config, text) => config with { Retention = config.Retention with { RemoveRuns = SettingText.Choice(text, ("records", false), ("runs", true)) } }),
        new(
            "log_level",
            "debug|info|warning|error",
            "How much whirrd writes to its own log (default: info).",
            Reloads: true,
            (config, text) => config with
            {
                LogLevel = SettingText.Choice(
                    text,
                    ("debug", LogEventLevel.Debug),
                    ("info", LogEventLevel.Information),
                    ("warning", LogEventLevel.Warning),
                    ("error", LogEventLevel.Error)),
            }),
    ];

    /// <summary>Its name in the environment.</summary>
    public string Variable => "WHIRR_" + Name.ToUpperInvariant();

    /// <summary>Its name on the command line.</summary>
    public string Option => "--" + Name.Replace('_', '-');

    /// <summary>The setting of that name in the file; null when there is none.</summary>
    public static SettingKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    /// <summary>The setting whose name is closest to a misspelled one; null when none is close.</summary>
    public static SettingKey? Closest(string name) =>
        All.Select(key => (Key: key, Distance: EditDistance(key.Name, name)))
            .Where(found => found.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(found => found.Distance)
            .Select(found => found.Key)
            .FirstOrDefault();

    /// <summary>Levenshtein distance: insertions, deletions and replacements that lead from one word to the other.</summary>
    private static int EditDistance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
