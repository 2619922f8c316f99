using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;
using Whirr.Linux.Processes;

namespace Whirr.Linux.Starting;

/// <summary>Starts programs for a <see cref="RemoteStarter"/> of the same user.</summary>
/// <remarks>All on one thread. Nothing that a client does can end it or hold up another client.</remarks>
public sealed class StartService : IDisposable
{
    private const int Backlog = 128;

    private readonly Fd _listener;
    private readonly SignalQueue _signals;
    private readonly List<Fd> _asking = [];
    private readonly Dictionary<int, Fd> _waiting = [];

    private StartService(Fd listener, SignalQueue signals)
    {
        _listener = listener;
        _signals = signals;
    }

    /// <summary>Listens. The process must have been started with all signals blocked.</summary>
    /// <param name="path">Of the socket. Its directory must be closed to other users.</param>
    public static StartService Listen(string path) =>
        new(UnixPackets.Listen(path, Backlog), SignalQueue.Open([Signal.Child, Signal.Terminate, Signal.Interrupt]));

    /// <summary>Serves until a SIGTERM or SIGINT.</summary>
    public void Run()
    {
        while (!_signals.Descriptor.IsClosed)
        {
            PollEntry[] entries =
            [
                new(_signals.Descriptor.Number, PollEntry.In), new(_listener.Number, PollEntry.In),
                .. _asking.Select(connection => new PollEntry(connection.Number, PollEntry.In)),
            ];
            Poller.Wait(entries, -1);
            if (entries[0].Happened != 0 && IsToldToEnd())
            {
                return;
            }

            foreach (var connection in _asking.Where((_, i) => entries[i + 2].Happened != 0).ToList())
            {
                _asking.Remove(connection);
                Answer(connection);
            }

            if (entries[1].Happened != 0)
            {
                Accept();
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _signals.Dispose();
        _asking.ForEach(connection => connection.Dispose());
        foreach (var connection in _waiting.Values)
        {
            connection.Dispose();
        }
    }

    private bool IsToldToEnd()
    {
        for (var signal = _signals.TryTake(); signal != 0; signal = _signals.TryTake())
        {
            if (signal != Signal.Child)
            {
                return true;
            }
        }

        while (ChildProcess.TryReap(-1, out var ended, out _))
        {
            if (_waiting.Remove(ended.Pid, out var connection))
            {
                TrySend(connection, StartMessages.Ended(ended.Status));
                connection.Dispose();
            }
        }

        return false;
    }

    private void Accept()
    {
        while (UnixStream.TryAccept(_listener) is { } connection)
        {
            if (UnixPackets.PeerUid(connection) == CurrentProcess.EffectiveUid)
            {
                _asking.Add(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    private void Answer(Fd connection)
    {
        var isKept = false;
        IReadOnlyList<Fd> descriptors = [];
        try
        {
            var count = UnixPackets.Receive(connection, new byte[64], out descriptors);
            if (count > 0 && descriptors.Count > 0 && !UnixPackets.HasLeft(connection))
            {
                isKept = Start(connection, descriptors);
            }
        }
        catch (Exception e) when (e is LinuxException or FormatException)
        {
            TrySend(connection, StartMessages.Refused((e as LinuxException)?.Errno ?? Errno.Eproto, e.Message));
        }
        finally
        {
            foreach (var descriptor in descriptors)
            {
                descriptor.Dispose();
            }

            if (!isKept)
            {
                connection.Dispose();
            }
        }
    }

    /// <returns>True: the connection is kept, to tell of the end.</returns>
    private bool Start(Fd connection, IReadOnlyList<Fd> descriptors)
    {
        using var words = MappedMemory.Map(descriptors[0]);
        var (request, isAwaited) = StartMessages.Decode(words.GetSpan(), [.. descriptors.Skip(1)]);
        var pid = ChildProcess.Spawn(request);

        // It is not reaped yet, so the number is still its own.
        using var process = Pidfd.TryOpen(pid)!;
        TrySend(connection, StartMessages.Started(pid), process);
        if (isAwaited)
        {
            _waiting[pid] = connection;
        }

        return isAwaited;
    }

    private static void TrySend(Fd connection, byte[] answer, params IReadOnlyList<Fd> descriptors)
    {
        try
        {
            UnixPackets.Send(connection, answer, descriptors);
        }
        catch (LinuxException)
        {
            // Whoever asked is gone; the next one finds out from the facts.
            return;
        }
    }
}
