using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep;

/// <summary>The connection to one daemon.</summary>
internal sealed class DaemonLink(Fd socket) : IDisposable
{
    private readonly FrameBuffer _received = new();
    private readonly Queue<byte[]> _unsent = new();
    private int _sentOfFirst;

    /// <summary>True when the other side is gone, or talks nonsense.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>True when everything said has been taken by the kernel, which delivers it even if this process is gone.</summary>
    public bool IsFlushed => IsClosed || _unsent.Count == 0;

    /// <summary>What to wait for.</summary>
    public PollEntry Interest => new(socket.Number, (short)(IsFlushed ? PollEntry.In : PollEntry.In | PollEntry.Out));

    /// <summary>Says something, now or when there is room.</summary>
    public void Send(KeeperMessage message)
    {
        _unsent.Enqueue(KeeperMessageFormat.Encode(message));
        Flush();
    }

    /// <summary>Sends what fits.</summary>
    public void Flush()
    {
        while (!IsFlushed)
        {
            var first = _unsent.Peek();
            var sent = UnixStream.Send(socket, first.AsSpan(_sentOfFirst));
            if (sent <= 0)
            {
                IsClosed = sent < 0;
                return;
            }

            _sentOfFirst += sent;
            if (_sentOfFirst == first.Length)
            {
                _unsent.Dequeue();
                _sentOfFirst = 0;
            }
        }
    }

    /// <summary>Takes the messages that have come.</summary>
    public IEnumerable<KeeperMessage> Receive()
    {
        while (!IsClosed)
        {
            var count = UnixStream.Receive(socket, _received.Free());
            if (count < 0)
            {
                yield break;
            }

            IsClosed = count == 0;
            _received.Received(count);
            while (TryTake() is { } message)
            {
                yield return message;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private KeeperMessage? TryTake()
    {
        try
        {
            return _received.TryTake(out var message) ? message : null;
        }
        catch (KeeperContractException)
        {
            // Nobody but a daemon can reach this socket, so this is a broken daemon: it is as good as gone, the next one may do better.
            IsClosed = true;
            return null;
        }
    }
}
