using System.Globalization;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;
using Whirr.Linux.Processes;

namespace Whirr.Linux.Systemd;

/// <summary>The socket that systemd listens on for this service (sd_listen_fds(3), systemd.socket(5)).</summary>
public sealed unsafe class ActivationSocket
{
    private const int FirstPassed = 3;

    private ActivationSocket(Fd descriptor, string name)
    {
        Descriptor = descriptor;
        Name = name;
    }

    /// <summary>The descriptor; not passed on to programs that this process starts.</summary>
    public Fd Descriptor { get; }

    /// <summary>What its unit calls it; for messages.</summary>
    public string Name { get; }

    /// <summary>Whether it is a socket of AF_UNIX and SOCK_STREAM that listens. It is asked itself, not what says so.</summary>
    public bool IsListeningStream =>
        Option(Libc.SoDomain) == Libc.AfUnix && Option(Libc.SoType) == Libc.SockStream && Option(Libc.SoAcceptConn) == 1;

    /// <summary>The path that it is bound at; null for none (not bound, or abstract).</summary>
    public string? Path
    {
        get
        {
            Libc.UnixAddress address = default;
            var length = (uint)sizeof(Libc.UnixAddress);
            if (Libc.GetSocketName(Descriptor.Number, &address, &length) < 0 || address.Family != Libc.AfUnix)
            {
                return null;
            }

            var bytes = new ReadOnlySpan<byte>(address.Path, (int)Math.Clamp(length - sizeof(ushort), 0, Libc.UnixAddress.PathBytes));
            var end = bytes.IndexOf((byte)0);
            bytes = end < 0 ? bytes : bytes[..end];
            return bytes.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(bytes);
        }
    }

    /// <summary>Takes what LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say that this process was passed; to be called once.</summary>
    /// <param name="readVariable">Reads an environment variable.</param>
    /// <param name="pid">The process id of this process.</param>
    /// <param name="first">The first descriptor that is passed, for tests.</param>
    /// <returns>Null: nothing was passed to this process.</returns>
    /// <exception cref="IOException">More than one socket, or what is no number.</exception>
    public static ActivationSocket? Take(Func<string, string?> readVariable, int pid, int first = FirstPassed)
    {
        var forPid = readVariable("LISTEN_PID");
        var count = readVariable("LISTEN_FDS");
        if (string.IsNullOrEmpty(forPid) || string.IsNullOrEmpty(count) || forPid != pid.ToString(CultureInfo.InvariantCulture))
        {
            // Variables that a parent left behind are not for this process.
            return null;
        }

        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var sockets) || sockets > 1)
        {
            throw new IOException($"systemd passed \"{count}\" sockets and whirrd listens on one; leave one ListenStream= in whirrd.socket");
        }

        if (sockets == 0)
        {
            return null;
        }

        var name = readVariable("LISTEN_FDNAMES");
        CurrentProcess.CloseOnExec(first);
        return new ActivationSocket(new Fd(first), string.IsNullOrEmpty(name) ? "unknown" : name);
    }

    private int Option(int option)
    {
        int value = -1;
        uint length = sizeof(int);
        return Libc.GetSocketOption(Descriptor.Number, Libc.SolSocket, option, &value, &length) == 0 ? value : -1;
    }
}
