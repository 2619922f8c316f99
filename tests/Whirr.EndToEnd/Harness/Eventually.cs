namespace Whirr.EndToEnd.Harness;

/// <summary>Waits for facts that nobody sends a message about: the process table, files of other processes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<bool> fact, string what)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        using var timer = new PeriodicTimer(Pause);
        while (!fact())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {TimeLimit.TotalSeconds} s: {what}");
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Waits until a file exists and has content, and returns it.</summary>
    public static async Task<string> ContentAsync(string path)
    {
        await TrueAsync(() => File.Exists(path) && new FileInfo(path).Length > 0, $"content in {path}");
        return (await File.ReadAllTextAsync(path)).Trim();
    }

    /// <summary>Waits until a process is gone; a zombie that waits for its parent is gone too.</summary>
    public static Task GoneAsync(int pid) => TrueAsync(() => !IsAlive(pid), $"end of process {pid}");

    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
