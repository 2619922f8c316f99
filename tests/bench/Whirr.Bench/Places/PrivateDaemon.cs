using System.Diagnostics;
using Whirr.Linux.Processes;

namespace Whirr.Bench.Places;

/// <summary>A whirrd of our own, with everything as a user has it but the place of its files.</summary>
internal sealed class PrivateDaemon : IAsyncDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly string _pidFile;

    private PrivateDaemon(Process process, string place)
    {
        _process = process;
        Socket = place + ".socket";
        _pidFile = place + ".pid";
        File.WriteAllText(_pidFile, $"{process.Id}\n");
    }

    public string Socket { get; }

    public int Pid => _process.Id;

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<PrivateDaemon> StartAsync(Workplace workplace, int slots)
    {
        var place = workplace.NewPath("");
        var log = place + ".log";
        string[] command =
        [
            workplace.Program("whirrd"), "--user", "--config", "/dev/null", "--socket", place + ".socket", "--state-dir", place + ".state",
            "--runs-dir", place + ".runs", "--slots", $"{slots}",

            // Whatever ends the bench, no job outlives it.
            "--on-daemon-loss", "kill",
        ];

        // The shell sends the log to a file, as the journal would take it, and becomes the daemon: reading it here would count as load.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" 2>\"$0\"", log, .. command]);
        var daemon = new PrivateDaemon(Process.Start(start)!, place);
        try
        {
            await daemon.ListeningAsync(log, workplace.Stop);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            ChildProcess.Send(Pid, Signal.Terminate);
            using var limit = new CancellationTokenSource(TimeLimit);
            await _process.WaitForExitAsync(limit.Token);
        }

        _process.Dispose();
        File.Delete(_pidFile);
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
