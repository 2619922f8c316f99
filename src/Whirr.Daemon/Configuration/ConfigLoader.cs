using Whirr.Domain.Jobs;

namespace Whirr.Daemon.Configuration;

/// <summary>What came of reading the configuration: it, or everything that is wrong with it.</summary>
/// <param name="Config">The configuration; null when there are faults.</param>
/// <param name="Faults">What is wrong: where, what, and what to write instead.</param>
/// <param name="Warnings">What looks like a mistake but does no harm.</param>
public sealed record LoadedConfig(DaemonConfig? Config, IReadOnlyList<string> Faults, IReadOnlyList<string> Warnings);

/// <summary>Puts the configuration together: defaults, file, environment, command line, in rising order.</summary>
public static class ConfigLoader
{
    /// <summary>Variables of the same prefix that are not settings of the daemon.</summary>
    private static readonly HashSet<string> OtherVariables =
    [
        "WHIRR_CONFIG", "WHIRR_FAULT_POINT", "WHIRR_JOB_ID", "WHIRR_RUN_ID", "WHIRR_RUN_DIR", "WHIRR_ATTEMPT", "WHIRR_CHECKPOINT_DIR",
        "WHIRR_SERVER_URL", "WHIRR_DATA_DIR", "WHIRR_DATABASE_URL",
    ];

    /// <param name="request">What the command line says.</param>
    /// <param name="environment">The environment of this process.</param>
    public static LoadedConfig Load(ConfigRequest request, IReadOnlyDictionary<string, string> environment)
    {
        var faults = new List<string>();
        var warnings = new List<string>();
        DefaultPaths paths;
        try
        {
            paths = request.SystemMode ? DefaultPaths.System : DefaultPaths.ForUser(environment.GetValueOrDefault);
        }
        catch (FormatException e)
        {
            return new LoadedConfig(null, [e.Message], warnings);
        }

        var named = request.ConfigFile ?? environment.GetValueOrDefault("WHIRR_CONFIG");
        var file = named ?? (File.Exists(paths.ConfigFile) ? paths.ConfigFile : null);
        var config = new DaemonConfig
        {
            SystemMode = request.SystemMode,
            ConfigFile = file,
            Socket = paths.Socket,
            StateDir = paths.StateDir,
            RunsDir = paths.RunsDir,
            Slots = Environment.ProcessorCount,
            Keeper = FindKeeper(),
        };

        List<RawSetting> settings = [.. file is null ? [] : ConfigFile.Read(file, faults), .. FromEnvironment(environment, warnings), .. request.Settings];
        foreach (var setting in settings)
        {
            try
            {
                config = SettingKey.Find(setting.Key)!.Apply(config, setting.Value);
            }
            catch (FormatException e)
            {
                faults.Add($"{setting.Origin}: {setting.Key}: {e.Message}");
            }
        }

        if (config.NotifyOn != NoticeEvents.None && NoticeTargets.Of(config).Count == 0)
        {
            warnings.Add("notify_on is set, but nothing says where to: set notify_command, notify_webhook or notify_mail too");
        }

        if (config.Retention is { Bytes: not null, RemoveRuns: false })
        {
            faults.Add("retention_size: it is about run directories, which stay where they are; set retention_removes: runs, or leave it out");
        }

        return new LoadedConfig(faults.Count == 0 ? config : null, faults, warnings);
    }

    private static IEnumerable<RawSetting> FromEnvironment(IReadOnlyDictionary<string, string> environment, List<string> warnings)
    {
        foreach (var (variable, value) in environment.Where(entry => entry.Key.StartsWith("WHIRR_", StringComparison.Ordinal)))
        {
            if (SettingKey.All.FirstOrDefault(key => key.Variable == variable) is { } key)
            {
                yield return new RawSetting(key.Name, value, variable);
            }
            else if (!OtherVariables.Contains(variable))
            {
                warnings.Add($"{variable}: there is no such setting, it is ignored");
            }
        }
    }

    private static string FindKeeper()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "whirr-keeper");
        return File.Exists(beside) ? beside : "/usr/lib/whirr/whirr-keeper";
    }
}

/// <summary>What the command line says about the configuration.</summary>
public sealed record ConfigRequest(bool SystemMode, string? ConfigFile, IReadOnlyList<RawSetting> Settings);
