using Whirr.Linux.Interop;

namespace Whirr.Linux.Descriptors;

/// <summary>A file in memory that nobody can change any more (memfd_create(2)): hands bytes of any size to a child process.</summary>
public static unsafe class SealedMemory
{
    // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
    private const int AllSeals = 1 | 2 | 4 | 8;

    /// <summary>Makes one. The name is for /proc alone.</summary>
    public static Fd Create(string name, ReadOnlySpan<byte> content)
    {
        var fd = Libc.MemfdCreate(name, Libc.MfdCloexec | Libc.MfdAllowSealing);
        if (fd < 0)
        {
            throw LinuxException.Last("memfd_create");
        }

        var memory = new Fd(fd);
        memory.WriteAll(content);
        if (Libc.FCntl(fd, Libc.FAddSeals, AllSeals) < 0)
        {
            throw LinuxException.Last("seal a memfd");
        }

        return memory;
    }
}
