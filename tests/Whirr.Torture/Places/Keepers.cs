using Whirr.KeeperContract;
using Whirr.Linux.Processes;

namespace Whirr.Torture.Places;

/// <summary>A keeper that lives, as the files of its attempt name it.</summary>
internal sealed record LiveKeeper(long JobId, int Attempt, string Directory, KeeperFacts Facts)
{
    public (long JobId, int Attempt) Key => (JobId, Attempt);

    /// <summary>True once it has recorded the end.</summary>
    public bool HasRecorded => File.Exists(Path.Combine(Directory, AttemptFiles.Exit));
}

/// <summary>Finds keepers from the outside.</summary>
internal static class Keepers
{
    /// <summary>Those that have got as far as writing down who they are.</summary>
    public static IReadOnlyList<LiveKeeper> Find(Workplace place)
    {
        if (!Directory.Exists(place.Attempts))
        {
            return [];
        }

        var found = new List<LiveKeeper>();
        foreach (var directory in Directory.EnumerateDirectories(place.Attempts).Order())
        {
            var name = Path.GetFileName(directory).Split('-');
            if (name.Length == 2 && TryRead(directory) is { } facts && IsThere(facts.KeeperPid, facts.KeeperStartTicks))
            {
                found.Add(new LiveKeeper(long.Parse(name[0]), int.Parse(name[1]), directory, facts));
            }
        }

        return found;
    }

    /// <summary>True when the process that the number and the start time name is alive.</summary>
    public static bool IsThere(int pid, long startTicks) =>
        pid > 0 && ProcessStat.TryRead(pid) is { IsDead: false } process && process.StartTicks == startTicks;

    private static KeeperFacts? TryRead(string directory)
    {
        try
        {
            return KeeperFacts.Decode(File.ReadAllBytes(Path.Combine(directory, AttemptFiles.Facts)));
        }
        catch (Exception e) when (e is IOException or KeeperContractException)
        {
            // Not there yet, half written, or removed: everything happens at once here.
            return null;
        }
    }
}
