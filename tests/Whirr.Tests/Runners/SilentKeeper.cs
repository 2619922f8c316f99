using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;
using Whirr.Linux.Events;

namespace Whirr.Tests.Runners;

/// <summary>Holds the lock of an attempt and listens, as a keeper does; says only what the test says.</summary>
internal sealed class SilentKeeper : IDisposable
{
    private readonly Fd _lock;
    private readonly Fd _listener;
    private readonly FrameBuffer _received = new();
    private Fd? _daemon;

    public SilentKeeper(string attemptDirectory)
    {
        Directory.CreateDirectory(attemptDirectory);
        _lock = Fd.Open($"{attemptDirectory}/{AttemptFiles.Lock}", OpenFlags.ReadWrite | OpenFlags.Create, 0b110_000_000);
        Assert.True(_lock.TryLock());
        _listener = UnixStream.Listen($"{attemptDirectory}/{AttemptFiles.ControlSocket}", backlog: 1);
    }

    public void Say(ReadOnlySpan<byte> frame) => Assert.Equal(frame.Length, UnixStream.Send(Daemon(), frame));

    public void Say(KeeperMessage message) => Say(KeeperMessageFormat.Encode(message));

    /// <summary>Waits for a message; passes over others.</summary>
    public Task<T> HeardAsync<T>()
        where T : KeeperMessage => Task.Run(() =>
        {
            while (true)
            {
                while (_received.TryTake(out var message))
                {
                    if (message is T wanted)
                    {
                        return wanted;
                    }
                }

                Assert.Equal(1, Poller.Wait([new PollEntry(Daemon().Number, PollEntry.In)], 30_000));
                var count = UnixStream.Receive(Daemon(), _received.Free());
                Assert.NotEqual(0, count);
                _received.Received(Math.Max(0, count));
            }
        });

    /// <summary>Dies, and waits until its daemon has drawn its conclusions.</summary>
    public async Task DieAsync(IAttempt attempt)
    {
        Dispose();
        await attempt.Ended;
    }

    public void Dispose()
    {
        // The lock first: a daemon that finds the connection closed does not have to try again then.
        _lock.Dispose();
        _listener.Dispose();
        _daemon?.Dispose();
    }

    private Fd Daemon()
    {
        while (_daemon is null)
        {
            Assert.Equal(1, Poller.Wait([new PollEntry(_listener.Number, PollEntry.In)], 30_000));
            _daemon = UnixStream.TryAccept(_listener);
        }

        return _daemon;
    }
}
