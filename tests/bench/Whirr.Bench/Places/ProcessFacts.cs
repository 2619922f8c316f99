namespace Whirr.Bench.Places;

/// <summary>What the kernel says about a process. Source: proc(5).</summary>
internal static class ProcessFacts
{
    private const double NanosecondsPerSecond = 1e9;
    private const double TicksPerSecond = 100;
    private const double KiBPerMiB = 1024;

    /// <summary>Memory in MiB: resident, and with what is shared divided among those who share it.</summary>
    public static (double Rss, double Pss) MemoryMiB(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return (Field("Rss:"), Field("Pss:"));

        double Field(string name) =>
            long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / KiBPerMiB;
    }

    /// <summary>What each thread has used so far: CPU seconds, to the nanosecond, and how often it went to sleep and so was woken.</summary>
    /// <remarks>By thread, as the sum over a process falls when a thread ends.</remarks>
    public static IReadOnlyDictionary<string, (double Cpu, long Wakeups)> Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").ToDictionary(
        thread => thread,
        thread => (
            long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[0]) / NanosecondsPerSecond,
            long.Parse(File.ReadLines($"{thread}/status").First(line => line.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal)).Split(':')[1])));

    /// <summary>CPU seconds of the process itself and of its children that it waited for, in steps of 10 ms.</summary>
    public static (double Own, double Children) CpuSeconds(int pid)
    {
        var fields = StatFields(pid);
        return ((long.Parse(fields[11]) + long.Parse(fields[12])) / TicksPerSecond, (long.Parse(fields[13]) + long.Parse(fields[14])) / TicksPerSecond);
    }

    public static int ParentOf(int pid) => int.Parse(StatFields(pid)[1]);

    /// <summary>Processes of a name that have a variable (<c>NAME=VALUE</c>) in their environment.</summary>
    public static IEnumerable<int> WithNameAndVariable(string name, string variable) =>
        from directory in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(directory), out _) && Read($"{directory}/comm").Trim() == name
        where Read($"{directory}/environ").Split('\0').Contains(variable)
        select int.Parse(Path.GetFileName(directory));

    // From the third field on: the second, the name in parentheses, may contain anything.
    private static string[] StatFields(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    // Empty for a process that has ended meanwhile or belongs to somebody else.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
