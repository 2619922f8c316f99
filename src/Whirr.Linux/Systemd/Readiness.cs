using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Systemd;

/// <summary>Says once that a service is up (sd_notify(3)), for programs that say nothing else: <see cref="ServiceNotifier"/> is for the others.</summary>
public static unsafe class Readiness
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>Tells the manager whose socket is at <paramref name="path"/>. One that cannot be reached is not there.</summary>
    /// <param name="path">The value of <see cref="Variable"/>; null or empty: nobody wants to know.</param>
    public static void Tell(string? path)
    {
        if (path is not ['/' or '@', ..])
        {
            return;
        }

        using var socket = UnixStream.New(Libc.SockDatagram);
        var address = UnixStream.AddressOf(path);
        var length = sizeof(Libc.UnixAddress);
        if (path[0] == '@')
        {
            // An abstract address: NUL instead of the sign, and as long as it says.
            address.Path[0] = 0;
            length = sizeof(ushort) + Encoding.UTF8.GetByteCount(path);
        }

        var message = "READY=1"u8;
        if (Libc.Connect(socket.Number, &address, (uint)length) == 0)
        {
            UnixStream.Send(socket, message);
        }
    }
}
