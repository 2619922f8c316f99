using System.Diagnostics;
using Whirr.Linux.Processes;

namespace Whirr.Torture.Places;

/// <summary>The whirrd that suffers: it is started and killed again and again in the same place.</summary>
internal sealed class DaemonUnderTest(Workplace place, Clock clock, int slots) : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(3);

    private Process? _process;
    private long _logStart;

    public int Pid => _process!.Id;

    public bool IsAlive => _process is { HasExited: false };

    /// <summary>What this life wrote to its log so far.</summary>
    public string Log
    {
        get
        {
            using var file = new FileStream(place.DaemonLog, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            file.Position = Math.Min(_logStart, file.Length);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Starts it and waits until it listens or has ended.</summary>
    /// <param name="faultPoint">Where it is to kill itself; null: nowhere.</param>
    /// <returns>True when it listens.</returns>
    public async Task<bool> StartAsync(string? faultPoint = null)
    {
        _process?.Dispose();
        _logStart = File.Exists(place.DaemonLog) ? new FileInfo(place.DaemonLog).Length : 0;
        string[] command =
        [
            place.Program("whirrd"), "--user", "--config", "/dev/null", "--socket", place.Socket, "--state-dir", place.StateDir, "--runs-dir", place.Runs,
            "--keeper", place.Program("whirr-keeper"), "--slots", $"{slots}", "--cgroup", place.Options.Cgroup, "--log-level", "debug",

            // Short enough for a keeper that is stopped to be silent for longer: nothing may come of that.
            "--heartbeat-interval", "400ms", "--heartbeat-timeout", "800ms",
        ];

        // The shell sends the log to a file, where it is kept as evidence, and becomes the daemon.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" 2>>\"$0\" </dev/null", place.DaemonLog, .. command]) { WorkingDirectory = "/" };
        foreach (var (name, value) in clock.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["WHIRR_FAULT_POINT"] = faultPoint;
        _process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(Look);
        while (IsAlive)
        {
            if (Log.Contains("listens on", StringComparison.Ordinal))
            {
                return true;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }

        return false;
    }

    public int ExitCode => _process!.ExitCode;

    public void Send(int signal)
    {
        if (IsAlive)
        {
            _ = ChildProcess.Send(Pid, signal);
        }
    }

    /// <summary>Ends it as a power cut would, or finds it ended already.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await EndedAsync();
    }

    public async Task EndedAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        await _process!.WaitForExitAsync(limit.Token);
    }

    public void Dispose() => _process?.Dispose();
}
