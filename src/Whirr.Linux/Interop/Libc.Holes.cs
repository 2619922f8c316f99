using System.Runtime.InteropServices;

namespace Whirr.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int FallocateKeepSize = 1;
    internal const int FallocatePunchHole = 2;
    internal const int SeekData = 3;
    internal const int SeekHole = 4;
    internal const int FSetStatusFlags = 4;

    [LibraryImport(Name, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Name, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(int fd, long offset, int whence);

    [LibraryImport(Name, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int FTruncate(int fd, long length);
}
