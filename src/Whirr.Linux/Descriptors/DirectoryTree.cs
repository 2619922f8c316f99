using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Measures and removes what is in a directory, without ever leaving it.</summary>
/// <remarks>Every step is relative to a directory that is open, and no symbolic link is followed: what somebody exchanges meanwhile leads nowhere else.
/// A directory in which something is mounted is left as it is.</remarks>
public static unsafe class DirectoryTree
{
    // One descriptor a level; far below what a process may open.
    private const int MaxDepth = 256;
    private const int BlockBytes = 512;
    private const uint BasicStats = 0x7ff;

    /// <summary>Space that a directory and all in it take on the disk, in bytes. Files with several names are counted for each.</summary>
    /// <exception cref="LinuxException">Something may not be read.</exception>
    public static long Measure(Fd directory) => BlocksOf(directory) + Measure(directory, 0);

    /// <summary>Removes everything in a directory but what <paramref name="spare"/> names at its top.</summary>
    /// <exception cref="LinuxException">Something may not be removed; the rest may be gone.</exception>
    public static void Empty(Fd directory, ReadOnlySpan<byte> spare) => Empty(directory, spare, 0);

    private static long Measure(Fd directory, int depth)
    {
        long bytes = 0;
        foreach (var name in DirectoryEntries.Names(directory))
        {
            fixed (byte* path = name)
            {
                Libc.StatxBuffer found;
                if (Libc.Statx(directory.Number, path, Libc.AtSymlinkNoFollow, BasicStats, &found) < 0)
                {
                    continue;
                }

                bytes += (long)found.Blocks * BlockBytes;
                if (IsDirectory(found) && TryEnter(directory, path, depth) is { } inner)
                {
                    using (inner)
                    {
                        bytes += Measure(inner, depth + 1);
                    }
                }
            }
        }

        return bytes;
    }

    private static void Empty(Fd directory, ReadOnlySpan<byte> spare, int depth)
    {
        foreach (var name in DirectoryEntries.Names(directory))
        {
            if (depth == 0 && name.AsSpan()[..^1].SequenceEqual(spare))
            {
                continue;
            }

            fixed (byte* path = name)
            {
                Remove(directory, path, name, depth);
            }
        }
    }

    private static void Remove(Fd directory, byte* path, byte[] name, int depth)
    {
        if (Libc.UnlinkAt(directory.Number, path, 0) == 0)
        {
            return;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.Enoent:
                return;
            case Errno.Eisdir:
                break;
            default:
                throw LinuxException.Last($"remove {Describe(name)}");
        }

        if (TryEnter(directory, path, depth) is { } inner)
        {
            using (inner)
            {
                Empty(inner, [], depth + 1);
            }
        }

        if (Libc.UnlinkAt(directory.Number, path, Libc.AtRemoveDir) < 0 && Marshal.GetLastPInvokeError() != Errno.Enoent)
        {
            throw LinuxException.Last($"remove {Describe(name)}");
        }
    }

    private static Fd? TryEnter(Fd directory, byte* path, int depth)
    {
        if (depth >= MaxDepth)
        {
            throw new LinuxException($"go down more than {MaxDepth} directories", Errno.Eloop);
        }

        var how = new Libc.OpenHow
        {
            Flags = (ulong)(OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec),
            Resolve = Libc.ResolveNoMounts | Libc.ResolveNoSymlinks | Libc.ResolveBeneath,
        };
        var fd = (int)Libc.Syscall(Libc.Number.OpenAt2, directory.Number, (nint)path, (nint)(&how), sizeof(Libc.OpenHow));
        if (fd >= 0)
        {
            return new Fd(fd);
        }

        return Marshal.GetLastPInvokeError() is Errno.Enoent or Errno.Enotdir or Errno.Eloop
            ? null
            : throw LinuxException.Last($"open {Describe(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path))}");
    }

    private static long BlocksOf(Fd file)
    {
        Libc.StatxBuffer found;
        return Libc.Statx(file.Number, "", Libc.AtEmptyPath, BasicStats, &found) == 0
            ? (long)found.Blocks * BlockBytes
            : throw LinuxException.Last("statx");
    }

    private static bool IsDirectory(in Libc.StatxBuffer found) => (found.Mode & 0xF000) == 0x4000;

    private static string Describe(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name.TrimEnd((byte)0));
}
