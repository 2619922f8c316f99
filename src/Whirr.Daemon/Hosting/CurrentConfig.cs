using System.Runtime.InteropServices;
using Serilog.Core;
using Whirr.Daemon.Configuration;
using Whirr.Engine.Attempts;
using Whirr.Engine.Disk;
using Whirr.Engine.Notices;
using Whirr.Engine.Queue;
using Whirr.Linux.Systemd;
using Whirr.Protocol.Mapping;

namespace Whirr.Daemon.Hosting;

/// <summary>The configuration that is in force, which SIGHUP may replace in part.</summary>
internal sealed partial class CurrentConfig(DaemonConfig config, LoggingLevelSwitch level, Func<LoadedConfig> load)
{
    private DaemonConfig _config = config;

    public DaemonConfig Value => Volatile.Read(ref _config);

    /// <summary>What a submit gets where it leaves the choice to the daemon.</summary>
    public SubmitDefaults SubmitDefaults
    {
        get
        {
            var now = Value;
            return new(now.KillGracePeriod, now.OnLost, now.OnDaemonLoss, now.MaxAttempts);
        }
    }

    /// <summary>What is told about jobs that say nothing about it themselves.</summary>
    public NoticeDefaults NoticeDefaults
    {
        get
        {
            var now = Value;
            return new(now.NotifyOn, NoticeTargets.Of(now), now.NotifyLogLines, Environment.UserName);
        }
    }

    public LeaseSettings Leases => new(Value.HeartbeatInterval, Value.HeartbeatTimeout);

    public DiskSettings Disk => new(Value.MinFreeSpace);

    /// <summary>Reads the configuration again at each SIGHUP, until the result is disposed of.</summary>
    public PosixSignalRegistration ReloadOnHangup(IServiceProvider services, ServiceNotifier notifier, TimeProvider time, ILogger log) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            notifier.Reloading(time.GetElapsedTime(0));
            Reload(services.GetRequiredService<LiveAttempts>(), services.GetRequiredService<Dispatcher>(), log);
            notifier.Ready("configuration read again");
        });

    private void Reload(LiveAttempts live, Dispatcher dispatcher, ILogger log)
    {
        var loaded = load();
        if (loaded.Config is not { } next)
        {
            LogKept(log, string.Join("; ", loaded.Faults));
            return;
        }

        var now = Value;
        var fixedNow = now with
        {
            Slots = next.Slots,
            KillGracePeriod = next.KillGracePeriod,
            MaxAttempts = next.MaxAttempts,
            OnLost = next.OnLost,
            OnDaemonLoss = next.OnDaemonLoss,
            NotifyOn = next.NotifyOn,
            NotifyCommand = next.NotifyCommand,
            NotifyWebhook = next.NotifyWebhook,
            NotifyMail = next.NotifyMail,
            NotifyLogLines = next.NotifyLogLines,
            Sendmail = next.Sendmail,
            HeartbeatInterval = next.HeartbeatInterval,
            HeartbeatTimeout = next.HeartbeatTimeout,
            MinFreeSpace = next.MinFreeSpace,
            LogLevel = next.LogLevel,
            Retention = next.Retention,
        };
        if (fixedNow with { ConfigFile = next.ConfigFile } != next)
        {
            LogNeedsRestart(log, string.Join(", ", SettingKey.All.Where(key => !key.Reloads).Select(key => key.Name)));
        }

        Volatile.Write(ref _config, fixedNow);
        level.MinimumLevel = next.LogLevel;
        live.Slots = next.Slots;
        dispatcher.Wake();
        LogReloaded(log, next.Slots);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the configuration was read again; {Slots} slots")]
    private static partial void LogReloaded(ILogger log, int slots);

    [LoggerMessage(Level = LogLevel.Error, Message = "the configuration was not changed, because of what is in it now: {Faults}")]
    private static partial void LogKept(ILogger log, string faults);

    [LoggerMessage(Level = LogLevel.Warning, Message = "some changes need a restart of whirrd to take effect (one of: {Settings})")]
    private static partial void LogNeedsRestart(ILogger log, string settings);
}
