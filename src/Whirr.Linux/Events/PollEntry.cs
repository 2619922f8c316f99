using System.Runtime.InteropServices;

namespace Whirr.Linux.Events;

/// <summary>struct pollfd (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry(int fd, short events)
{
    /// <summary>Something can be read, or the other side is gone.</summary>
    public const short In = 0x001;

    /// <summary>Something exceptional happened, e.g. a file of cgroup v2 has changed.</summary>
    public const short Priority = 0x002;

    /// <summary>Something can be written.</summary>
    public const short Out = 0x004;

    /// <summary>Descriptor; a negative one is passed over.</summary>
    public int Fd = fd;

    /// <summary>What to wait for.</summary>
    public short Events = events;

    /// <summary>What is the case; 0 for nothing.</summary>
    public short Happened;
}
