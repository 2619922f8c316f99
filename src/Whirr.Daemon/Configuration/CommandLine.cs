using System.CommandLine;

namespace Whirr.Daemon.Configuration;

/// <summary>The command line of whirrd.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs: <paramref name="run"/> is called with what to load and whether only to check it.</summary>
    /// <returns>The exit code.</returns>
    public static int Invoke(string[] args, bool isRoot, Func<ConfigRequest, bool, int> run)
    {
        var result = Create(isRoot, run).Parse(args);
        if (result.Errors.Count == 0)
        {
            return result.Invoke();
        }

        foreach (var error in result.Errors)
        {
            Console.Error.WriteLine($"whirrd: {error.Message}");
        }

        Console.Error.WriteLine("whirrd: see whirrd --help");
        return 2;
    }

    /// <summary>The options, with their help; the manual page is made of them, too.</summary>
    public static RootCommand Create(bool isRoot, Func<ConfigRequest, bool, int> run)
    {
        var system = new Option<bool>("--system") { Description = "Serve all users of this machine; jobs run as their submitters. Needs root, and is the default for root." };
        var user = new Option<bool>("--user") { Description = "Serve yourself: everything runs as you, files are in your XDG directories. The default for everybody but root." };
        var config = new Option<string?>("--config") { Description = "Configuration file (system: /etc/whirr/whirrd.yaml; user: ~/.config/whirr/whirrd.yaml).", HelpName = "FILE" };
        var check = new Option<bool>("--check-config") { Description = "Read the configuration, say what is wrong or what it amounts to, and exit." };
        var root = new RootCommand(
            "The whirr daemon: keeps the job queue of this machine.\n\n" +
            "Every setting can stand in the configuration file (name: value), in the environment (WHIRR_NAME) and on the command line; the later wins.\n" +
            "SIGTERM stops the daemon; running jobs go on with their keepers and are found again at the next start. SIGHUP reads the configuration again.\n" +
            "SIGINT (Ctrl+C) starts nothing any more and stops when the running jobs have ended; a second one ends them.\n" +
            "Exit codes: 0 stopped as asked, 1 could not run, 2 wrong usage or configuration.")
        {
            system, user, config, check,
        };
        var settings = SettingKey.All.Select(key => (Key: key, Option: new Option<string?>(key.Option) { Description = key.Help, HelpName = key.Value })).ToList();
        foreach (var (_, option) in settings)
        {
            root.Add(option);
        }

        root.SetAction(parsed =>
        {
            if (parsed.GetValue(system) && parsed.GetValue(user))
            {
                Console.Error.WriteLine("whirrd: --system and --user exclude each other");
                return 2;
            }

            if (parsed.GetValue(system) && !isRoot)
            {
                Console.Error.WriteLine("whirrd: --system needs root, because jobs run as the users who submit them; start it with sudo or systemd, or use --user");
                return 2;
            }

            List<RawSetting> raw = [];
            foreach (var (key, option) in settings)
            {
                if (parsed.GetValue(option) is { } value)
                {
                    raw.Add(new RawSetting(key.Name, value, key.Option));
                }
            }

            var systemMode = parsed.GetValue(system) || (isRoot && !parsed.GetValue(user));
            return run(new ConfigRequest(systemMode, parsed.GetValue(config), raw), parsed.GetValue(check));
        });

        return root;
    }
}
