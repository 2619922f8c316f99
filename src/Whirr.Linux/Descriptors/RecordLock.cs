using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Locks of fcntl(2), which other languages take too: of processes and of open file descriptions.</summary>
public static unsafe class RecordLock
{
    /// <summary>Asks whether somebody else holds a lock on any part of a file (F_OFD_GETLK, Linux 3.15). Takes none and disturbs nobody, also
    /// not one who takes the lock at this moment.</summary>
    /// <param name="file">Open for anything.</param>
    /// <exception cref="LinuxException">The file system has no locks.</exception>
    public static bool IsHeld(Fd file)
    {
        var asked = new Libc.FileLock { Type = Libc.LockOfWriter };
        return Libc.FCntl(file.Number, Libc.FOfdGetLock, &asked) == 0 ? asked.Type != Libc.NoLock : throw LinuxException.Last("ask for a lock");
    }

    /// <summary>Takes the lock of a whole file for as long as it is open (F_OFD_SETLK).</summary>
    /// <param name="file">Open for writing.</param>
    /// <returns>False: somebody else has it, or the file system has no locks.</returns>
    public static bool TryTake(Fd file)
    {
        var wanted = new Libc.FileLock { Type = Libc.LockOfWriter };
        return Libc.FCntl(file.Number, Libc.FOfdSetLock, &wanted) == 0;
    }
}
