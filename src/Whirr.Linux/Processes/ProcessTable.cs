namespace Whirr.Linux.Processes;

/// <summary>All processes that /proc shows.</summary>
public static class ProcessTable
{
    /// <summary>Looks at each; processes come and go meanwhile.</summary>
    public static IEnumerable<ProcessStat> Read()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out var pid) && ProcessStat.TryRead(pid) is { } process)
            {
                yield return process;
            }
        }
    }
}
