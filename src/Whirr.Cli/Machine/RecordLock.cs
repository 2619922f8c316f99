using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Whirr.Cli.Machine;

/// <summary>Locks of fcntl(2).</summary>
internal static partial class RecordLock
{
    private const int AskForLockOfOpenFile = 36;
    private const short OfWriter = 1;
    private const short None = 2;

    /// <summary>Whether somebody holds a lock on any part of a file (F_OFD_GETLK); null where the file system has no locks. Takes none.</summary>
    public static bool? IsHeld(SafeFileHandle file)
    {
        var asked = new FileLock { Type = OfWriter };
        return SysFcntl(file, AskForLockOfOpenFile, ref asked) == 0 ? asked.Type != None : null;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SysFcntl(SafeFileHandle file, int command, ref FileLock argument);

    /// <summary>struct flock of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }
}
