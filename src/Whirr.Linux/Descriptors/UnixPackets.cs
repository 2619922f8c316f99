using System.Runtime.InteropServices;
using Whirr.Linux.Events;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Sockets of AF_UNIX that keep the borders of messages (SOCK_SEQPACKET) and carry descriptors (unix(7), SCM_RIGHTS).</summary>
public static unsafe class UnixPackets
{
    private const int MostDescriptors = 32;
    private const int HeaderBytes = 16;
    private const uint Private = 0b110_000_000;

    /// <summary>Listens at <paramref name="path"/>, for the own user alone; what was there before is removed.</summary>
    public static Fd Listen(string path, int backlog)
    {
        Paths.Remove(null, path);
        var socket = UnixStream.New(Libc.SockSeqPacket);
        var address = UnixStream.AddressOf(path);
        if (Libc.Bind(socket.Number, &address, (uint)sizeof(Libc.UnixAddress)) < 0)
        {
            throw LinuxException.Last($"bind {path}");
        }

        // Before it listens, so that nobody else can have connected.
        File.SetUnixFileMode(path, (UnixFileMode)Private);
        return Libc.Listen(socket.Number, backlog) == 0 ? socket : throw LinuxException.Last($"listen at {path}");
    }

    /// <summary>Connects; null when nobody listens there.</summary>
    public static Fd? TryConnect(string path)
    {
        var socket = UnixStream.New(Libc.SockSeqPacket);
        var address = UnixStream.AddressOf(path);
        if (Libc.Connect(socket.Number, &address, (uint)sizeof(Libc.UnixAddress)) == 0)
        {
            return socket;
        }

        var error = Marshal.GetLastPInvokeError();
        socket.Dispose();
        return error is Errno.Enoent or Errno.Econnrefused ? null : throw new LinuxException($"connect to {path}", error);
    }

    /// <summary>The user at the other end, when it connected or began to listen (SO_PEERCRED).</summary>
    public static uint PeerUid(Fd connection)
    {
        var credentials = stackalloc uint[3];
        uint length = 3 * sizeof(uint);
        return Libc.GetSocketOption(connection.Number, Libc.SolSocket, Libc.SoPeerCred, credentials, &length) == 0
            ? credentials[1]
            : throw LinuxException.Last("ask who is at the other end");
    }

    /// <summary>True when the other end is closed.</summary>
    public static bool HasLeft(Fd connection)
    {
        Span<PollEntry> entry = [new PollEntry(connection.Number, 0)];
        return Poller.Wait(entry, 0) > 0;
    }

    /// <summary>Sends one message with descriptors.</summary>
    /// <exception cref="LinuxException">E.g. EPIPE, or EAGAIN when it does not fit now.</exception>
    public static void Send(Fd connection, ReadOnlySpan<byte> bytes, IReadOnlyList<Fd> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Count, MostDescriptors);
        var control = stackalloc byte[HeaderBytes + (MostDescriptors * sizeof(int))];
        for (var i = 0; i < descriptors.Count; i++)
        {
            ((int*)(control + HeaderBytes))[i] = descriptors[i].Number;
        }

        *(nint*)control = HeaderBytes + (descriptors.Count * sizeof(int));
        *(int*)(control + 8) = Libc.SolSocket;
        *(int*)(control + 12) = Libc.ScmRights;
        fixed (byte* first = bytes)
        {
            var vector = new Libc.IoVector { Base = first, Length = (nuint)bytes.Length };
            var message = new Libc.MessageHeader { Vector = &vector, VectorLength = 1 };
            if (descriptors.Count > 0)
            {
                message.Control = control;
                message.ControlLength = HeaderBytes + (((descriptors.Count * sizeof(int)) + 7) & ~7);
            }

            if (Libc.SendMessage(connection.Number, &message, Libc.MsgNoSignal | Libc.MsgDontWait) < 0)
            {
                throw LinuxException.Last("send");
            }
        }
    }

    /// <summary>Receives one message and its descriptors, which are closed on exec.</summary>
    /// <returns>Bytes; 0 when the other side is gone; -1 when nothing is there yet.</returns>
    public static int Receive(Fd connection, Span<byte> buffer, out IReadOnlyList<Fd> descriptors)
    {
        var control = stackalloc byte[HeaderBytes + (MostDescriptors * sizeof(int))];
        descriptors = [];
        fixed (byte* first = buffer)
        {
            var vector = new Libc.IoVector { Base = first, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader
            {
                Vector = &vector,
                VectorLength = 1,
                Control = control,
                ControlLength = HeaderBytes + (MostDescriptors * sizeof(int)),
            };
            var count = (int)Libc.ReceiveMessage(connection.Number, &message, Libc.MsgDontWait | Libc.MsgCmsgCloexec);
            if (count < 0)
            {
                return Marshal.GetLastPInvokeError() is Errno.Eagain or Errno.Eintr ? -1 : 0;
            }

            if (message.ControlLength >= HeaderBytes && *(int*)(control + 8) == Libc.SolSocket && *(int*)(control + 12) == Libc.ScmRights)
            {
                var numbers = new Span<int>(control + HeaderBytes, (int)(*(nint*)control - HeaderBytes) / sizeof(int)).ToArray();
                descriptors = [.. numbers.Select(number => new Fd(number))];
            }

            return count;
        }
    }
}
