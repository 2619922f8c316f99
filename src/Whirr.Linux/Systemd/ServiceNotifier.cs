using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Whirr.Linux.Systemd;

/// <summary>Tells the service manager how the service is doing (sd_notify(3)).</summary>
/// <remarks>Does nothing when the process was not started by systemd as <c>Type=notify</c>, i.e. without NOTIFY_SOCKET.</remarks>
public sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;

    private ServiceNotifier(Socket? socket, TimeSpan? watchdog)
    {
        _socket = socket;
        WatchdogInterval = watchdog;
    }

    /// <summary>How often <see cref="Alive"/> must be called at least; null when nobody watches. Call it twice as often.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>True when there is a service manager to tell.</summary>
    public bool IsActive => _socket is not null;

    /// <summary>Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of this process.</summary>
    /// <param name="readVariable">Reads an environment variable.</param>
    /// <param name="pid">The process id of this process.</param>
    public static ServiceNotifier FromEnvironment(Func<string, string?> readVariable, int pid)
    {
        var path = readVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@'))
        {
            return new ServiceNotifier(null, null);
        }

        // A leading @ stands for the NUL byte of an abstract address.
        var address = path[0] == '@' ? string.Concat("\0", path.AsSpan(1)) : path;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
            // A service manager that cannot be reached is one that is not there; the service runs all the same.
            socket.Dispose();
            return new ServiceNotifier(null, null);
        }

        return new ServiceNotifier(socket, ReadWatchdog(readVariable, pid));
    }

    /// <summary>The service is up; one line for <c>systemctl status</c>.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>The service works: restart it when this does not come in time.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>The service begins to stop.</summary>
    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}");

    /// <summary>The service begins to read its configuration again; <see cref="Ready"/> says that it has.</summary>
    /// <param name="monotonic">CLOCK_MONOTONIC now, which systemd 253 and later ask for.</param>
    public void Reloading(TimeSpan monotonic) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonic.Ticks / TimeSpan.TicksPerMicrosecond}"));

    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadWatchdog(Func<string, string?> readVariable, int pid)
    {
        var forPid = readVariable("WATCHDOG_PID");
        var mine = string.IsNullOrEmpty(forPid) || forPid == pid.ToString(CultureInfo.InvariantCulture);
        return mine && long.TryParse(readVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // The manager was restarted or is gone: the next message may arrive again, and the service must not care.
        }
    }
}
