using System.Collections;
using System.Reflection;
using Whirr.Daemon.Configuration;
using Whirr.Daemon.Hosting;

var environment = Environment.GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

return CommandLine.Invoke(args, isRoot: Environment.IsPrivilegedProcess, (request, checkOnly) =>
{
    var loaded = ConfigLoader.Load(request, environment);
    foreach (var warning in loaded.Warnings)
    {
        Console.Error.WriteLine($"whirrd: warning: {warning}");
    }

    foreach (var fault in loaded.Faults)
    {
        Console.Error.WriteLine($"whirrd: {fault}");
    }

    if (loaded.Config is not { } config)
    {
        Console.Error.WriteLine("whirrd: not started, because of the configuration");
        return 2;
    }

    if (checkOnly)
    {
        Console.Out.Write(config.Describe());
        return 0;
    }

    var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
    return new DaemonHost(config, () => ConfigLoader.Load(request, environment), environment.GetValueOrDefault, version).Run();
});
