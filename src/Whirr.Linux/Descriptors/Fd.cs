using System.Runtime.InteropServices;
using System.Text;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>An open file descriptor. Every one that is made here is closed on exec.</summary>
public sealed unsafe class Fd : SafeHandle
{
    /// <summary>Takes over an open descriptor.</summary>
    public Fd(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    public override bool IsInvalid => handle < 0;

    /// <summary>The number; valid until this is disposed.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file; the file is made with <paramref name="mode"/> where the flags say so.</summary>
    /// <exception cref="LinuxException">open(2) failed.</exception>
    public static Fd Open(string path, OpenFlags flags, uint mode = 0) => OpenAt(null, path, flags, mode);

    /// <summary>Opens a file relative to a directory.</summary>
    /// <exception cref="LinuxException">openat(2) failed.</exception>
    public static Fd OpenAt(Fd? directory, string path, OpenFlags flags, uint mode = 0)
    {
        var fd = Libc.OpenAt(directory?.Number ?? Libc.AtFdCwd, path, (int)(flags | OpenFlags.CloseOnExec), mode);
        return fd >= 0 ? new Fd(fd) : throw LinuxException.Last($"open {path}");
    }

    /// <summary>As <see cref="OpenAt"/>; null when there is no such file.</summary>
    public static Fd? TryOpenAt(Fd? directory, string path, OpenFlags flags)
    {
        var fd = Libc.OpenAt(directory?.Number ?? Libc.AtFdCwd, path, (int)(flags | OpenFlags.CloseOnExec), 0);
        return fd >= 0 ? new Fd(fd)
            : Marshal.GetLastPInvokeError() is Errno.Enoent or Errno.Enotdir ? null
            : throw LinuxException.Last($"open {path}");
    }

    /// <summary>As <see cref="TryOpenAt"/>, without leaving <paramref name="directory"/> and without following any link on the way.</summary>
    /// <exception cref="LinuxException">openat2(2) failed; ELOOP: there is a link on the way.</exception>
    public static Fd? TryOpenBeneath(Fd directory, string path, OpenFlags flags)
    {
        var how = new Libc.OpenHow
        {
            Flags = (ulong)(flags | OpenFlags.NoFollow | OpenFlags.CloseOnExec),
            Resolve = Libc.ResolveNoSymlinks | Libc.ResolveBeneath,
        };
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var fd = (int)Libc.Syscall(Libc.Number.OpenAt2, directory.Number, (nint)name, (nint)(&how), sizeof(Libc.OpenHow));
            return fd >= 0 ? new Fd(fd)
                : Marshal.GetLastPInvokeError() is Errno.Enoent or Errno.Enotdir ? null
                : throw LinuxException.Last($"open {path}");
        }
    }

    /// <summary>Owner, type and size of what is open.</summary>
    public FileFacts Stat()
    {
        Libc.StatxBuffer buffer;
        return Libc.Statx(Number, "", Libc.AtEmptyPath, 0x7ff, &buffer) == 0
            ? buffer.ToFacts()
            : throw LinuxException.Last("statx");
    }

    /// <summary>Reads at the current position.</summary>
    /// <returns>Bytes read; 0 at the end; -1 when nothing is there yet (non-blocking descriptors).</returns>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                var count = Libc.Read(Number, first, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.Eintr: continue;
                    case Errno.Eagain: return -1;
                    default: throw LinuxException.Last("read");
                }
            }
        }
    }

    /// <summary>Reads at a position.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    public int ReadAt(long offset, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                var count = Libc.ReadAt(Number, first, (nuint)buffer.Length, offset);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Marshal.GetLastPInvokeError() != Errno.Eintr)
                {
                    throw LinuxException.Last("pread");
                }
            }
        }
    }

    /// <summary>Reads a whole file from its beginning.</summary>
    /// <exception cref="LinuxException">It has more than <paramref name="maxBytes"/> (E2BIG), or reading failed.</exception>
    public byte[] ReadAll(int maxBytes)
    {
        var bytes = new byte[Math.Clamp(Stat().Size + 1, 256, (long)maxBytes + 1)];
        var length = 0;
        while (true)
        {
            var count = ReadAt(length, bytes.AsSpan(length));
            if (count == 0)
            {
                return bytes[..length];
            }

            length += count;
            if (length > maxBytes)
            {
                throw new LinuxException($"read more than {maxBytes} bytes", Errno.E2Big);
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * length, (long)maxBytes + 1));
            }
        }
    }

    /// <summary>Writes everything at the current position.</summary>
    public void WriteAll(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var count = Libc.Write(Number, first + done, (nuint)(bytes.Length - done));
                if (count >= 0)
                {
                    done += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() != Errno.Eintr)
                {
                    throw LinuxException.Last("write");
                }
            }
        }
    }

    /// <summary>Writes everything at a position.</summary>
    public void WriteAllAt(long offset, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (var done = 0; done < bytes.Length;)
            {
                var count = Libc.WriteAt(Number, first + done, (nuint)(bytes.Length - done), offset + done);
                if (count >= 0)
                {
                    done += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() != Errno.Eintr)
                {
                    throw LinuxException.Last("pwrite");
                }
            }
        }
    }

    /// <summary>Makes the data durable (fdatasync(2)).</summary>
    public void SyncData() => Check(Libc.FDataSync(Number), "fdatasync");

    /// <summary>Makes data and metadata durable (fsync(2)); for a directory: the names in it.</summary>
    public void Sync() => Check(Libc.FSync(Number), "fsync");

    /// <summary>Takes the exclusive lock of the open file (flock(2)); it is let go when the last copy of this descriptor is closed.</summary>
    /// <returns>False: somebody else has it.</returns>
    public bool TryLock()
    {
        if (Libc.FLock(Number, Libc.LockExclusive | Libc.LockNonBlocking) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.Eagain ? false : throw LinuxException.Last("flock");
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw LinuxException.Last(call);
        }
    }
}
