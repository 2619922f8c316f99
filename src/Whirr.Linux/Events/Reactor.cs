using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Events;

/// <summary>One thread that waits for many descriptors (epoll(7)) and calls back when one can be read.</summary>
/// <remarks>
/// Everything that belongs to a descriptor runs on this thread, so it needs no locks; other threads hand work over with
/// <see cref="Post"/>. Callbacks must not block and must not throw: a thrown exception ends the process, as in any thread.
/// </remarks>
public sealed unsafe class Reactor : IDisposable
{
    private const int MaxEvents = 64;
    private const uint Readable = 1;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventBytes - 8;

    private readonly Fd _epoll;
    private readonly Fd _wake;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Dictionary<long, Action> _callbacks = [];
    private readonly Dictionary<int, (Fd Fd, long Watch)> _watches = [];
    private readonly Thread _thread;
    private long _nextWatch = 1;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name, for debuggers.</param>
    public Reactor(string name)
    {
        _epoll = Own(Libc.EpollCreate((int)OpenFlags.CloseOnExec), "epoll_create1");
        _wake = Own(Libc.EventFd(0, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlocking)), "eventfd");
        Add(_wake, 0);
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Has <paramref name="action"/> run on the thread of the reactor. Does nothing after <see cref="Dispose"/>.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    /// <summary>Calls <paramref name="ready"/> for as long as <paramref name="fd"/> can be read, until <see cref="Unwatch"/>. On the thread of
    /// the reactor only.</summary>
    public void Watch(Fd fd, Action ready)
    {
        // An event may be in hand for a descriptor that is closed by the callback before it; its number may be in use again. The number of
        // the watch is not.
        var watch = _nextWatch++;
        Add(fd, watch);
        _watches.Add(fd.Number, (fd, watch));
        _callbacks.Add(watch, ready);
    }

    /// <summary>Ends <see cref="Watch"/>; to be called before the descriptor is closed. On the thread of the reactor only.</summary>
    public void Unwatch(Fd fd)
    {
        if (_watches.Remove(fd.Number, out var watched))
        {
            _callbacks.Remove(watched.Watch);
            _ = Libc.EpollControl(_epoll.Number, Libc.EpollDelete, fd.Number, null);
        }
    }

    /// <summary>Ends the thread after the callbacks that are due, and closes what is still watched.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Wake();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        foreach (var (fd, _) in _watches.Values)
        {
            fd.Dispose();
        }

        _epoll.Dispose();
        _wake.Dispose();
    }

    private static Fd Own(int fd, string call) => fd >= 0 ? new Fd(fd) : throw LinuxException.Last(call);

    private void Add(Fd fd, long watch)
    {
        var bytes = stackalloc byte[16];
        *(uint*)bytes = Readable;
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(bytes + DataOffset, 8), watch);
        if (Libc.EpollControl(_epoll.Number, Libc.EpollAdd, fd.Number, bytes) < 0)
        {
            throw LinuxException.Last("epoll_ctl");
        }
    }

    private void Wake()
    {
        if (!_wake.IsClosed)
        {
            Span<byte> one = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(one, 1);
            _wake.WriteAll(one);
        }
    }

    private void Loop()
    {
        var events = stackalloc byte[MaxEvents * EventBytes];
        Span<byte> counter = stackalloc byte[8];
        while (!_stopping)
        {
            var count = Libc.EpollWait(_epoll.Number, events, MaxEvents, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Errno.Eintr)
            {
                throw LinuxException.Last("epoll_wait");
            }

            for (var i = 0; i < count; i++)
            {
                var watch = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(events + (i * EventBytes) + DataOffset, 8));
                if (watch == 0)
                {
                    _wake.Read(counter);
                }
                else if (_callbacks.TryGetValue(watch, out var ready))
                {
                    ready();
                }
            }

            while (_posted.TryDequeue(out var action))
            {
                action();
            }
        }
    }
}
