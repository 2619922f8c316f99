using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serilog.Core;
using Serilog.Extensions.Logging;
using Whirr.Daemon.Configuration;
using Whirr.Daemon.Identity;
using Whirr.Daemon.Logging;
using Whirr.Domain.Ports;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;
using Whirr.Linux.Systemd;
using Whirr.Runners.Process;
using Whirr.Storage.Sqlite;

namespace Whirr.Daemon.Hosting;

/// <summary>One life of the daemon: claim the state directory, open the store, listen, run, stop.</summary>
/// <param name="config">What to run with.</param>
/// <param name="reload">Reads the configuration again.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="version">The version of this program.</param>
internal sealed partial class DaemonHost(DaemonConfig config, Func<LoadedConfig> reload, Func<string, string?> variable, string version)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        var level = new LoggingLevelSwitch(config.LogLevel);
        using var serilog = DaemonLog.Create(level, variable);
        using var loggers = new SerilogLoggerFactory(serilog);
        var log = loggers.CreateLogger("whirrd");
        try
        {
            RunAsync(level, loggers, log).GetAwaiter().GetResult();
            return 0;
        }
        catch (StoreException e)
        {
            LogNoStore(log, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            LogNotStarted(log, e.Message);
        }

        return 1;
    }

    private async Task RunAsync(LoggingLevelSwitch level, SerilogLoggerFactory loggers, ILogger log)
    {
        var time = TimeProvider.System;
        var startedAt = time.GetUtcNow();
        var faults = KillFaults.FromVariable(variable("WHIRR_FAULT_POINT"));
        using var notifier = ServiceNotifier.FromEnvironment(variable, Environment.ProcessId);
        if (!File.Exists(config.Keeper))
        {
            throw new IOException($"there is no keeper at {config.Keeper}, so no job could run; install whirr-keeper or name it with --keeper");
        }

        // Before anything else can take the number of a descriptor for its own.
        var activation = ActivationSocket.Take(variable, Environment.ProcessId);
        StateDirectory.Prepare(config);

        await using var store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = StateDirectory.DatabaseOf(config) }, CancellationToken.None).ConfigureAwait(false);
        if (store.Upgrade is { } upgrade)
        {
            LogUpgraded(log, upgrade.From, store.SchemaVersion, upgrade.Backup);
        }

        var containment = Containment.Choose(config, CurrentProcess.EffectiveUid);
        IProgramStarter starter = config.Launcher is { } launcher ? new RemoteStarter(launcher) : new ChildStarter();
        await using var runner = new ProcessRunner(new ProcessRunnerOptions
        {
            KeeperPath = config.Keeper,
            Starter = starter,
            AttemptsDir = StateDirectory.AttemptsOf(config),
            DefaultRunsDir = config.RunsDir,
            SocketPath = config.Socket,
            SystemMode = config.SystemMode,
            CgroupRoot = containment.CgroupRoot,
            NoCgroupReason = containment.Detail,
            LogLimitBytes = config.LogLimit,
            SystemMetrics = config.SystemMetrics,
            GpuProbe = ProgramSearch.Find("nvidia-smi", variable("PATH")),
            Time = time,
            Warn = warning => LogAttempt(log, warning.Key.JobId, warning.Key.Number, warning.Sentence),
        });
        using var socket = activation is null
            ? ListeningSocket.Bind(config.Socket, forEverybody: config.SystemMode)
            : ListeningSocket.Inherit(activation, config.Socket);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "whirrd" });
        builder.Services.AddSingleton<ILoggerFactory>(loggers);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, QuietMemoryPool>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        builder.WebHost.UseKestrelCore()
            .UseSockets(options => options.Backlog = ListeningSocket.Backlog)
            .ConfigureKestrel(options => Limit(options, socket.Handle));

        builder.Services.AddSingleton<Interrupts>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        var current = new CurrentConfig(config, level, reload);
        DaemonServices.Add(builder.Services, current, store, runner, starter, faults, time, notifier);
        builder.Services.AddSingleton(DaemonServices.Describe(config, containment, store.JournalMode, version, startedAt));
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            DaemonServices.Map(app);
            using var reloads = current.ReloadOnHangup(app.Services, notifier, time, log);
            await app.StartAsync().ConfigureAwait(false);
            LogReady(log, version, config.SystemMode ? "system" : "user", config.Socket, config.Slots, containment.Name);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            containment.RemoveIfEmpty();
            LogStopped(log, app.Services.GetRequiredService<Whirr.Engine.Attempts.LiveAttempts>().Count);
        }
    }

    /// <summary>Calls may last as long as jobs, and be as slow as their readers: nothing is cut off for being slow, only for being too many.</summary>
    private static void Limit(KestrelServerOptions options, ulong socket)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = 4096;
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.ListenHandle(socket, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(PeerCredentials.Identify);
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "job {WhirrJobId} attempt {Attempt}: {Sentence}")]
    private static partial void LogAttempt(ILogger log, long whirrJobId, int attempt, string sentence);

    [LoggerMessage(Level = LogLevel.Critical, Message = "not started: {Sentence}")]
    private static partial void LogNotStarted(ILogger log, string sentence);

    [LoggerMessage(Level = LogLevel.Critical, Message = "not started, the database was left as it is: {Sentence}")]
    private static partial void LogNoStore(ILogger log, string sentence);

    [LoggerMessage(Level = LogLevel.Information, Message = "whirrd {Version} ({Mode}) listens on {Socket}, {Slots} slots, jobs held together by {Containment}")]
    private static partial void LogReady(ILogger log, string version, string mode, string socket, int slots, string containment);

    [LoggerMessage(Level = LogLevel.Information, Message = "the database was brought from schema version {From} to {To}; as it was it is in {Backup}, which nothing needs and nothing removes")]
    private static partial void LogUpgraded(ILogger log, int from, int to, string backup);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped; {Count} running jobs go on with their keepers")]
    private static partial void LogStopped(ILogger log, int count);
}
