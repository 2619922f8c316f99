using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int AfUnix = 1;
    internal const int SockStream = 1;
    internal const int SockNonBlocking = 0x800;
    internal const int SockCloexec = 0x80000;
    internal const int MsgNoSignal = 0x4000;
    internal const int MsgDontWait = 0x40;

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "socketpair", SetLastError = true)]
    internal static partial int SocketPair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Name, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, UnixAddress* address, uint length);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int fd, UnixAddress* address, uint length);

    [LibraryImport(Name, EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int fd, int backlog);

    [LibraryImport(Name, EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(int fd, void* address, void* length, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int fd, byte* buffer, nuint length, int flags);

    /// <summary>struct sockaddr_un (unix(7)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UnixAddress
    {
        internal const int PathBytes = 108;

        internal ushort Family;
        internal fixed byte Path[PathBytes];
    }
}
