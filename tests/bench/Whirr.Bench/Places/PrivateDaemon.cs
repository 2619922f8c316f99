using System.Diagnostics;
using Whirr.Linux.Processes;

namespace Whirr.Bench.Places;

/// <summary>A whirrd of our own, with everything as a user has it but the place of its files.</summary>
internal sealed class PrivateDaemon : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly string _place;
    private readonly string _pidFile;
    private Process _process;

    private PrivateDaemon(Workplace workplace, string place, int slots)
    {
        _place = place;
        Socket = place + ".socket";
        _pidFile = place + ".pid";
        _process = Launch(workplace, slots);
    }

    public string Socket { get; }

    public int Pid => _process.Id;

    /// <summary>Its own directory of runs.</summary>
    public string RunsDir => _place + ".runs";

    private string Log => _place + ".log";

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<PrivateDaemon> StartAsync(Workplace workplace, int slots)
    {
        var daemon = new PrivateDaemon(workplace, workplace.NewPath(""), slots);
        await daemon.ListensAsync(workplace);
        return daemon;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        ChildProcess.Send(Pid, Signal.Kill);
        await EndedAsync();
    }

    /// <summary>Starts it in the same place, with what it had, and waits until it listens.</summary>
    public async Task StartAgainAsync(Workplace workplace, int slots)
    {
        _process.Dispose();
        _process = Launch(workplace, slots);
        await ListensAsync(workplace);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            ChildProcess.Send(Pid, Signal.Terminate);
            await EndedAsync();
        }

        _process.Dispose();
        File.Delete(_pidFile);
    }

    private Process Launch(Workplace workplace, int slots)
    {
        string[] command =
        [
            workplace.Program("whirrd"), "--user", "--config", "/dev/null", "--socket", Socket, "--state-dir", _place + ".state",
            "--runs-dir", RunsDir, "--slots", $"{slots}",

            // Whatever ends the bench, no job outlives it.
            "--on-daemon-loss", "kill",
        ];

        // The shell sends the log to a file, as the journal would take it, and becomes the daemon: reading it here would count as load.
        File.Delete(Log);
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" 2>\"$0\"", Log, .. command]))!;
        File.WriteAllText(_pidFile, $"{process.Id}\n");
        return process;
    }

    private async Task EndedAsync()
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        await _process.WaitForExitAsync(limit.Token);
    }

    private async Task ListensAsync(Workplace workplace)
    {
        try
        {
            await ListeningAsync(Log, workplace.Stop);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task ListeningAsync(string log, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeLimit);
        using var timer = new PeriodicTimer(Pause);
        while (!File.Exists(log) || !(await File.ReadAllTextAsync(log, limit.Token)).Contains("listens on", StringComparison.Ordinal))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"whirrd ended with {_process.ExitCode}: {await File.ReadAllTextAsync(log, stop)}");
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
