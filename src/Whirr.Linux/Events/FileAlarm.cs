using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Events;

/// <summary>Rings once when a file is written to, or when a name appears in a directory, and costs writers nothing until it is set again
/// (inotify(7)).</summary>
/// <remarks>For programs that wait by poll(2). See <see cref="FileChanges"/> for those with threads.</remarks>
public sealed class FileAlarm : IDisposable
{
    private const uint Modified = 0x2;
    private const uint MovedTo = 0x80;
    private const uint Created = 0x100;
    private const uint OneShot = 0x80000000;

    private readonly Fd _inotify;
    private int _watch;

    private FileAlarm(Fd inotify) => _inotify = inotify;

    /// <summary>Readable when it rings.</summary>
    public Fd Descriptor => _inotify;

    /// <summary>True from the setting to the ringing.</summary>
    public bool IsSet => _watch > 0;

    /// <summary>Makes one; null when the user has no more of them (fs.inotify.max_user_instances).</summary>
    public static FileAlarm? TryCreate()
    {
        var fd = Libc.InotifyInit((int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking));
        return fd >= 0 ? new FileAlarm(new Fd(fd)) : null;
    }

    /// <summary>Rings at the next write to an open file, whatever it is called by now.</summary>
    /// <returns>False: it cannot be set, e.g. as the user has used up fs.inotify.max_user_watches.</returns>
    public bool TrySet(Fd file) => TrySet(file, Modified);

    /// <summary>Rings when a name appears in an open directory.</summary>
    /// <returns>As <see cref="TrySet(Fd)"/>.</returns>
    public bool TrySetForNames(Fd directory) => TrySet(directory, Created | MovedTo);

    /// <summary>True when it has rung; it is not set any more then.</summary>
    public bool TakeRing()
    {
        Span<byte> events = stackalloc byte[4096];
        var rang = false;
        while (_inotify.Read(events) > 0)
        {
            rang = true;
        }

        _watch = rang ? 0 : _watch;
        return rang;
    }

    /// <summary>Lets it not ring.</summary>
    public void Unset()
    {
        if (IsSet)
        {
            _ = Libc.InotifyRemoveWatch(_inotify.Number, _watch);
            TakeRing();
            _watch = 0;
        }
    }

    public void Dispose() => _inotify.Dispose();

    private bool TrySet(Fd file, uint events)
    {
        // What is left of the last ring is no ring of this one: the kernel says goodbye to each watch that it removes.
        TakeRing();
        _watch = Libc.InotifyAddWatch(_inotify.Number, $"/proc/self/fd/{file.Number}", events | OneShot);
        return IsSet;
    }
}
