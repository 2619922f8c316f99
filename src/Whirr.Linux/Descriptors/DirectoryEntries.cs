using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>Reads the names in a directory.</summary>
public static unsafe class DirectoryEntries
{
    // struct linux_dirent64 (getdents(2)): inode 8, offset 8, length 2, type 1, name.
    private const int LengthAt = 16;
    private const int NameAt = 19;

    /// <summary>What is in a directory but itself and the one above.</summary>
    /// <param name="directory">Open for reading.</param>
    /// <param name="max">At most this many names.</param>
    /// <returns>The names as the file system has them, which need not be UTF-8; each with a NUL at its end.</returns>
    /// <exception cref="LinuxException">It cannot be read, or is no directory.</exception>
    public static List<byte[]> Names(Fd directory, int max = int.MaxValue)
    {
        List<byte[]> names = [];
        var buffer = new byte[32 * 1024];

        // The descriptor may have been read before.
        _ = Libc.Seek(directory.Number, 0, 0);
        fixed (byte* first = buffer)
        {
            while (true)
            {
                var filled = (int)Libc.Syscall(Libc.Number.GetDents, directory.Number, (nint)first, buffer.Length);
                if (filled < 0)
                {
                    throw LinuxException.Last("read a directory");
                }

                if (filled == 0)
                {
                    return names;
                }

                for (var at = 0; at < filled;)
                {
                    var entry = buffer.AsSpan(at);
                    var length = BinaryPrimitives.ReadUInt16LittleEndian(entry[LengthAt..]);
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(first + at + NameAt);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        if (names.Count == max)
                        {
                            return names;
                        }

                        names.Add([.. name, 0]);
                    }

                    at += length;
                }
            }
        }
    }
}
