using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Changes of names, relative to a directory or (null) to the working directory.</summary>
public static unsafe class Paths
{
    /// <summary>What is at <paramref name="path"/>, without following a last symbolic link; null for nothing.</summary>
    public static FileFacts? TryStat(Fd? directory, string path)
    {
        Libc.StatxBuffer buffer;
        if (Libc.Statx(At(directory), path, Libc.AtSymlinkNoFollow, 0x7ff, &buffer) == 0)
        {
            return buffer.ToFacts();
        }

        return Marshal.GetLastPInvokeError() is Errno.Enoent or Errno.Enotdir ? null : throw LinuxException.Last($"statx {path}");
    }

    /// <summary>The same for a path that ends with a NUL, for those who look at very many.</summary>
    public static FileFacts? TryStat(Fd? directory, ReadOnlySpan<byte> path)
    {
        Libc.StatxBuffer buffer;
        fixed (byte* first = path)
        {
            if (Libc.Statx(At(directory), first, Libc.AtSymlinkNoFollow, 0x7ff, &buffer) == 0)
            {
                return buffer.ToFacts();
            }
        }

        return Marshal.GetLastPInvokeError() is Errno.Enoent or Errno.Enotdir
            ? null
            : throw LinuxException.Last($"statx {Encoding.UTF8.GetString(path[..^1])}");
    }

    /// <summary>Makes a directory.</summary>
    /// <returns>False: something is there already.</returns>
    public static bool TryMakeDirectory(Fd? directory, string path, uint mode)
    {
        if (Libc.MkdirAt(At(directory), path, mode) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.Eexist ? false : throw LinuxException.Last($"mkdir {path}");
    }

    /// <summary>Makes a directory and those above it that are missing.</summary>
    /// <returns>False: it is there already.</returns>
    public static bool TryMakeDirectories(string path, uint mode)
    {
        try
        {
            return TryMakeDirectory(null, path, mode);
        }
        catch (LinuxException e) when (e.Errno == Errno.Enoent && Path.GetDirectoryName(path) is { Length: > 1 } parent)
        {
            TryMakeDirectories(parent, mode);
            return TryMakeDirectory(null, path, mode);
        }
    }

    /// <summary>Gives a name another place, over what is there.</summary>
    public static void Rename(Fd? directory, string from, string to)
    {
        if (Libc.RenameAt(At(directory), from, At(directory), to) < 0)
        {
            throw LinuxException.Last($"rename {from} to {to}");
        }
    }

    /// <summary>Removes a file.</summary>
    /// <returns>False: it was not there.</returns>
    public static bool Remove(Fd? directory, string path) => Unlink(directory, path, 0);

    /// <summary>Removes an empty directory.</summary>
    /// <returns>False: it was not there.</returns>
    /// <exception cref="LinuxException">E.g. EBUSY or ENOTEMPTY: it is in use.</exception>
    public static bool RemoveDirectory(Fd? directory, string path) => Unlink(directory, path, Libc.AtRemoveDir);

    /// <summary>Gives a file to a user, without following a last symbolic link.</summary>
    public static void ChangeOwner(Fd? directory, string path, uint uid, uint gid)
    {
        if (Libc.ChownAt(At(directory), path, uid, gid, Libc.AtSymlinkNoFollow) < 0)
        {
            throw LinuxException.Last($"chown {path}");
        }
    }

    private static int At(Fd? directory) => directory?.Number ?? Libc.AtFdCwd;

    private static bool Unlink(Fd? directory, string path, int flags)
    {
        if (Libc.UnlinkAt(At(directory), path, flags) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.Enoent ? false : throw LinuxException.Last($"remove {path}");
    }
}
