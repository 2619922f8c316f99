using System.Text.Json;

namespace Whirr.EndToEnd.Harness;

/// <summary>The traces of attempts that a daemon keeps outside itself, seen from the outside.</summary>
internal static class Attempts
{
    public static string DirectoryOf(PrivateDaemon daemon, long job, int attempt) => Path.Combine(daemon.Place, "state", "daemon", "attempts", $"{job}-{attempt}");

    /// <summary>Waits until the keeper has written down the process of the command and the command has begun, and returns both.</summary>
    public static async Task<(int Keeper, int Command)> ProcessesAsync(PrivateDaemon daemon, long job, int attempt)
    {
        var path = Path.Combine(DirectoryOf(daemon, job, attempt), "keeper.json");
        (int Keeper, int Command) found = default;
        await Eventually.TrueAsync(() => TryRead(path) is { Command: > 0 } processes && (found = processes) != default, $"a command in {path}");
        await Eventually.TrueAsync(() => !IsStep(found.Command), $"process {found.Command} to become the command");
        return found;
    }

    /// <summary>Makes it look as if the machine had been restarted since.</summary>
    public static async Task MoveToAnotherBootAsync(PrivateDaemon daemon, long job, int attempt)
    {
        var path = Path.Combine(DirectoryOf(daemon, job, attempt), "keeper.json");
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim();
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(boot, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(boot, "00000000-1111-2222-3333-444444444444", StringComparison.Ordinal));
    }

    /// <summary>True while it is still the keeper's step that becomes the command.</summary>
    private static bool IsStep(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").StartsWith("whirr-keeper\0exec", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static (int Keeper, int Command)? TryRead(string path)
    {
        try
        {
            using var facts = JsonDocument.Parse(File.ReadAllText(path));
            return (facts.RootElement.GetProperty("keeper_pid").GetInt32(), facts.RootElement.GetProperty("command_pid").GetInt32());
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
