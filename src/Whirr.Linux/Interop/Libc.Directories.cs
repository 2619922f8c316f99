using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const ulong ResolveNoMounts = 1;
    internal const ulong ResolveNoSymlinks = 4;
    internal const ulong ResolveBeneath = 8;

    /// <summary>Names are bytes: a user may give a file one that is no UTF-8.</summary>
    [LibraryImport(Name, EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int UnlinkAt(int dirFd, byte* path, int flags);

    [LibraryImport(Name, EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int dirFd, byte* path, int flags, uint mask, StatxBuffer* buffer);

    /// <summary>struct open_how (openat2(2), Linux 5.6).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }
}
