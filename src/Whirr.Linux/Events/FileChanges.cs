using System.Buffers.Binary;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Events;

/// <summary>Tells when open files are written to (inotify(7)): one instance and one thread for all of them.</summary>
/// <remarks>It sees what this machine writes; on a network file system not what others write.</remarks>
public sealed class FileChanges : IDisposable
{
    private const uint Modified = 0x2;
    private const int EventHeaderBytes = 16;

    private readonly Reactor _reactor = new("file changes");
    private readonly Fd _inotify;

    // Guards the dictionary. Files that are the same have the same watch.
    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<FileWatch>> _watches = [];

    public FileChanges()
    {
        var fd = Libc.InotifyInit((int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking));
        _inotify = fd >= 0 ? new Fd(fd) : throw LinuxException.Last("inotify_init1");
        _reactor.Post(() => _reactor.Watch(_inotify, ReadEvents));
    }

    /// <summary>Begins to watch an open file, whatever it is called by now.</summary>
    /// <exception cref="LinuxException">E.g. ENOSPC: the user has used up fs.inotify.max_user_watches.</exception>
    public FileWatch Watch(Fd file)
    {
        lock (_lock)
        {
            var number = Libc.InotifyAddWatch(_inotify.Number, $"/proc/self/fd/{file.Number}", Modified);
            if (number < 0)
            {
                throw LinuxException.Last("watch a file");
            }

            var watch = new FileWatch(this, number);
            if (!_watches.TryGetValue(number, out var sharers))
            {
                _watches.Add(number, sharers = []);
            }

            sharers.Add(watch);
            return watch;
        }
    }

    public void Dispose()
    {
        _reactor.Dispose();
        _inotify.Dispose();
    }

    internal void Remove(FileWatch watch)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(watch.Number, out var sharers) && sharers.Remove(watch) && sharers.Count == 0)
            {
                _watches.Remove(watch.Number);
                if (!_inotify.IsClosed)
                {
                    _ = Libc.InotifyRemoveWatch(_inotify.Number, watch.Number);
                }
            }
        }
    }

    private void ReadEvents()
    {
        Span<byte> buffer = stackalloc byte[4096];
        int count;
        while ((count = _inotify.Read(buffer)) > 0)
        {
            for (var at = 0; at + EventHeaderBytes <= count;)
            {
                Tell(BinaryPrimitives.ReadInt32LittleEndian(buffer[at..]));
                at += EventHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(buffer[(at + 12)..]);
            }
        }
    }

    private void Tell(int number)
    {
        FileWatch[] sharers;
        lock (_lock)
        {
            // -1 says that events were lost: then everything may have changed.
            sharers = number < 0 ? [.. _watches.Values.SelectMany(all => all)]
                : _watches.TryGetValue(number, out var those) ? [.. those] : [];
        }

        foreach (var watch in sharers)
        {
            watch.Changed();
        }
    }
}
