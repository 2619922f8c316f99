using System.Runtime.InteropServices;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Room of a file on disk: parts that take none (holes), and room for what is not written yet.</summary>
public static class Holes
{
    /// <summary>Gives back the room of a part of a file, which reads as zeros from then on; its size stays (fallocate(2), FALLOC_FL_PUNCH_HOLE).</summary>
    /// <returns>False: the file system has no holes.</returns>
    public static bool TryPunch(Fd file, long offset, long length) =>
        TryAllocate(file, Libc.FallocatePunchHole | Libc.FallocateKeepSize, offset, length, "punch a hole");

    /// <summary>Takes room for a part of a file, also beyond its end; its size stays (fallocate(2), FALLOC_FL_KEEP_SIZE).</summary>
    /// <returns>False: the file system cannot do that.</returns>
    /// <exception cref="LinuxException">E.g. ENOSPC: there is no room.</exception>
    public static bool TryReserve(Fd file, long offset, long length) =>
        TryAllocate(file, Libc.FallocateKeepSize, offset, length, "reserve room");

    /// <summary>The first byte from <paramref name="offset"/> on that is not in a hole; null when there is none (lseek(2), SEEK_DATA).</summary>
    /// <remarks>Where a file system does not tell, everything is data.</remarks>
    public static long? FindData(Fd file, long offset) => Seek(file, offset, Libc.SeekData);

    /// <summary>The first byte from <paramref name="offset"/> on that is in a hole, at the latest the end of the file; null when the offset is
    /// not before the end (lseek(2), SEEK_HOLE).</summary>
    public static long? FindHole(Fd file, long offset) => Seek(file, offset, Libc.SeekHole);

    /// <summary>Cuts a file off, and gives back what room there is beyond.</summary>
    public static void Truncate(Fd file, long length)
    {
        if (Libc.FTruncate(file.Number, length) < 0)
        {
            throw LinuxException.Last("truncate");
        }
    }

    private static bool TryAllocate(Fd file, int mode, long offset, long length, string what)
    {
        while (Libc.Fallocate(file.Number, mode, offset, length) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.Eintr: continue;
                case Errno.Eopnotsupp or Errno.Enosys: return false;
                default: throw LinuxException.Last(what);
            }
        }

        return true;
    }

    private static long? Seek(Fd file, long offset, int whence)
    {
        var found = Libc.Seek(file.Number, offset, whence);
        return found >= 0 ? found
            : Marshal.GetLastPInvokeError() == Errno.Enxio ? null
            : throw LinuxException.Last("lseek");
    }
}
