using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Stream sockets of AF_UNIX (unix(7)) as bare descriptors, for programs that have no thread pool.</summary>
public static unsafe class UnixStream
{
    /// <summary>Two connected sockets.</summary>
    public static (Fd Ours, Fd Theirs) CreatePair()
    {
        var ends = stackalloc int[2];
        if (Libc.SocketPair(Libc.AfUnix, Libc.SockStream | Libc.SockCloexec | Libc.SockNonBlocking, 0, ends) < 0)
        {
            throw LinuxException.Last("socketpair");
        }

        return (new Fd(ends[0]), new Fd(ends[1]));
    }

    /// <summary>Listens at <paramref name="path"/>; what was there before is removed.</summary>
    public static Fd Listen(string path, int backlog)
    {
        Paths.Remove(null, path);
        var socket = New(Libc.SockStream);
        var address = AddressOf(path);
        if (Libc.Bind(socket.Number, &address, (uint)sizeof(Libc.UnixAddress)) < 0)
        {
            throw LinuxException.Last($"bind {path}");
        }

        return Libc.Listen(socket.Number, backlog) == 0 ? socket : throw LinuxException.Last($"listen at {path}");
    }

    /// <summary>Takes a waiting connection; null when none waits.</summary>
    public static Fd? TryAccept(Fd listening)
    {
        var fd = Libc.Accept(listening.Number, null, null, Libc.SockCloexec | Libc.SockNonBlocking);
        return fd >= 0 ? new Fd(fd) : null;
    }

    /// <summary>Connects to <paramref name="name"/> in a directory, however long the directory's path is.</summary>
    /// <returns>Null: nobody listens there.</returns>
    public static Fd? TryConnect(Fd directory, string name)
    {
        var socket = New(Libc.SockStream);
        var address = AddressOf($"/proc/self/fd/{directory.Number}/{name}");
        if (Libc.Connect(socket.Number, &address, (uint)sizeof(Libc.UnixAddress)) == 0)
        {
            return socket;
        }

        var error = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return error is Errno.Enoent or Errno.Econnrefused or Errno.Eagain ? null : throw new LinuxException($"connect to {name}", error);
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>Bytes; 0 when the other side is gone; -1 when nothing is there yet.</returns>
    public static int Receive(Fd socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            var count = Libc.Receive(socket.Number, first, (nuint)buffer.Length, Libc.MsgDontWait);
            if (count >= 0)
            {
                return (int)count;
            }
        }

        return Marshal.GetLastPInvokeError() is Errno.Eagain or Errno.Eintr ? -1 : 0;
    }

    /// <summary>Sends as much as fits.</summary>
    /// <returns>Bytes; 0 when none fit now; -1 when the other side is gone.</returns>
    public static int Send(Fd socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var count = Libc.Send(socket.Number, first, (nuint)bytes.Length, Libc.MsgDontWait | Libc.MsgNoSignal);
            if (count >= 0)
            {
                return (int)count;
            }
        }

        return Marshal.GetLastPInvokeError() is Errno.Eagain or Errno.Eintr ? 0 : -1;
    }

    internal static Fd New(int type)
    {
        var fd = Libc.Socket(Libc.AfUnix, type | Libc.SockCloexec | Libc.SockNonBlocking, 0);
        return fd >= 0 ? new Fd(fd) : throw LinuxException.Last("socket");
    }

    internal static Libc.UnixAddress AddressOf(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length >= Libc.UnixAddress.PathBytes)
        {
            throw new LinuxException($"bind {path}", Errno.Enametoolong);
        }

        Libc.UnixAddress address = default;
        address.Family = Libc.AfUnix;
        bytes.CopyTo(new Span<byte>(address.Path, bytes.Length));
        return address;
    }
}
