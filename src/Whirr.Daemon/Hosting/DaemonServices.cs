using Grpc.Health.V1;
using Whirr.Daemon.Configuration;
using Whirr.Domain.Ports;
using Whirr.Engine;
using Whirr.Engine.Attempts;
using Whirr.Engine.Disk;
using Whirr.Engine.Faults;
using Whirr.Engine.Logs;
using Whirr.Engine.Queue;
using Whirr.Engine.Reports;
using Whirr.Engine.Retention;
using Whirr.Engine.Runs;
using Whirr.Linux.Machine;
using Whirr.Linux.Processes;
using Whirr.Linux.Starting;
using Whirr.Linux.Systemd;
using Whirr.Runners.Process;
using Whirr.Server;
using Whirr.Server.Daemon;
using Whirr.Server.Health;
using Whirr.Server.Jobs;
using Whirr.Server.Logs;
using Whirr.Server.Runs;
using Whirr.Storage.Sqlite;

namespace Whirr.Daemon.Hosting;

/// <summary>The parts of the daemon and how they are put together.</summary>
internal static class DaemonServices
{
    /// <summary>Command, environment and configuration of one job at their limits (JobRules), and some room.</summary>
    private const int LargestMessage = 8 * 1024 * 1024;

    public static void Add(
        IServiceCollection services,
        CurrentConfig config,
        SqliteJobStore store,
        ProcessRunner runner,
        IProgramStarter starter,
        IFaults faults,
        TimeProvider time,
        ServiceNotifier notifier)
    {
        services.AddSingleton(config);
        services.AddSingleton<IJobStore>(store);
        services.AddSingleton<IJobArchive>(store);
        services.AddSingleton<ILeaseStore>(store);
        services.AddSingleton<IRunner>(runner);
        services.AddSingleton<IRunDirectories>(runner);
        services.AddSingleton(((IRunner)runner).Abilities);
        services.AddSingleton<IDiskSpace>(new DiskSpaces(config.Value.SystemMode));
        services.AddSingleton<IRunLogs>(new RunLogs(config.Value.SystemMode));
        services.AddSingleton<IRunIndex>(store);
        services.AddSingleton<IRunFiles>(new RunFolders(config.Value.SystemMode, config.Value.RunsDir, HostName.Full(), time));
        services.AddSingleton(faults);
        services.AddSingleton(time);
        services.AddSingleton(notifier);

        services.AddSingleton(new EngineOptions
        {
            Node = Environment.MachineName,
            StateDir = config.Value.StateDir,
            RunsDir = config.Value.RunsDir,
        });
        services.AddSingleton<Func<LeaseSettings>>(() => config.Leases);
        services.AddSingleton<Func<DiskSettings>>(() => config.Disk);
        services.AddSingleton(new LiveAttempts(config.Value.Slots));
        services.AddSingleton<JobChanges>();
        services.AddSingleton<StartGate>();
        services.AddSingleton<AttemptFollower>();
        services.AddSingleton<SignRecorder>();
        services.AddSingleton<QueueHolds>();
        services.AddSingleton<Troubles>();
        services.AddSingleton<Adopter>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<TimeExtender>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<RunIndexer>();
        services.AddSingleton<Cleaner>();
        services.AddSingleton<Func<RetentionLimits>>(() => config.Value.Retention);
        services.AddHostedService<DiskGuard>();
        services.AddHostedService<LeaseKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<SignRecorder>());
        services.AddHostedService<PauseKeeper>();
        services.AddHostedService<Rescuer>();
        services.AddHostedService<RetentionSweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
        services.AddHostedService<ServiceReporter>();
        NoticeServices.Add(services, config, store, starter);
        services.AddSingleton<Reporter>();

        services.AddGrpc(options => options.MaxReceiveMessageSize = LargestMessage);
        services.AddSingleton(provider => new LongCalls(provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddSingleton<Func<Whirr.Protocol.Mapping.SubmitDefaults>>(() => config.SubmitDefaults);
        services.AddSingleton<BatchMemory>();
        services.AddSingleton<JobViews>();
        services.AddSingleton<JobsService>();
        services.AddSingleton<LogsService>();
        services.AddSingleton<RunsService>();
        services.AddSingleton<DaemonService>();
        services.AddSingleton<HealthService>();
    }

    public static void Map(WebApplication app)
    {
        app.MapGrpcService<JobsService>();
        app.MapGrpcService<LogsService>();
        app.MapGrpcService<RunsService>();
        app.MapGrpcService<DaemonService>();
        app.MapGrpcService<HealthService>();
        var health = app.Services.GetRequiredService<HealthService>();
        foreach (var name in (string[])["", "whirr.v1.Jobs", "whirr.v1.Logs", "whirr.v1.Runs", "whirr.v1.Daemon"])
        {
            health.SetStatus(name, HealthCheckResponse.Types.ServingStatus.Serving);
        }

        app.Lifetime.ApplicationStopping.Register(health.Shutdown);
    }

    public static DaemonFacts Describe(DaemonConfig config, Containment containment, string journalMode, string version, DateTimeOffset startedAt) => new()
    {
        Version = version,
        Mode = config.SystemMode ? "system" : "user",
        Pid = Environment.ProcessId,
        Uid = CurrentProcess.EffectiveUid,
        Hostname = Environment.MachineName,
        StartedAt = startedAt,
        Socket = config.Socket,
        StateDir = config.StateDir,
        RunsDir = config.RunsDir,
        ConfigFile = config.ConfigFile ?? "",
        Containment = containment.Name,
        ContainmentDetail = containment.Detail,
        Cgroup = containment.CgroupRoot ?? "",
        Database = StateDirectory.DatabaseOf(config),
        JournalMode = journalMode,
        DatabaseRights = () => StateDirectory.RightsOf(StateDirectory.DatabaseOf(config)),
    };
}
