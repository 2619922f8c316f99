namespace Whirr.Bench.Places;

/// <summary>A server of task-spooler (tsp) of our own: the peer. It keeps its queue in memory, and a process beside each job.</summary>
internal sealed class TaskSpooler : IAsyncDisposable
{
    private readonly Workplace _workplace;
    private int _submitted;

    private TaskSpooler(Workplace workplace)
    {
        _workplace = workplace;
        var place = workplace.NewPath("");
        var outputs = Directory.CreateDirectory(place + ".outputs").FullName;
        Environment = new Dictionary<string, string> { ["TS_SOCKET"] = place + ".tsp", ["TMPDIR"] = outputs };
    }

    /// <summary>What tells tsp which server is meant.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public static async Task<TaskSpooler> StartAsync(Workplace workplace, int slots)
    {
        var spooler = new TaskSpooler(workplace);
        await spooler.RunAsync("-S", $"{slots}");
        return spooler;
    }

    public async Task<string> RunAsync(params string[] arguments) => (await _workplace.RunAsync("tsp", arguments, Environment)).Trim();

    /// <summary>Runs a program so many times: queued one after the other, as tsp takes them, and waits for the last to end.</summary>
    public async Task RunJobsAsync(int count, int slots, string program)
    {
        await Runs.ToExitAsync(_workplace, count, TimeSpan.Zero, Environment, ["tsp", program]);
        _submitted += count;

        // They start in order: when the last ones have ended, one for each slot, all have.
        var last = Enumerable.Range(_submitted - slots, slots);
        await Runs.ToExitAsync(_workplace, 1, TimeSpan.Zero, Environment, [.. last.Select(id => (string[])["tsp", "-w", $"{id}"])]);
    }

    /// <summary>Starts a job that runs for a while.</summary>
    /// <returns>Its process id, and those of the server and of the process beside the job.</returns>
    public async Task<(int Job, int Server, int BesideJob)> StartAsync(params string[] command)
    {
        await RunAsync(command);
        _submitted++;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        int jobPid;
        while ((jobPid = int.Parse(await RunAsync("-p"))) <= 0)
        {
            await timer.WaitForNextTickAsync(_workplace.Stop);
        }

        var mark = $"TS_SOCKET={Environment["TS_SOCKET"]}";
        var beside = ProcessFacts.ParentOf(jobPid);
        var server = ProcessFacts.WithNameAndVariable("tsp", mark).First(pid => pid != beside && pid != jobPid);
        return (jobPid, server, beside);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_workplace.Stop.IsCancellationRequested)
        {
            await RunAsync("-K");
        }
    }
}
