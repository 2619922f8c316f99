using System.Threading.Channels;

namespace Whirr.Engine;

/// <summary>A signal that wakes one loop. Signals that come before the loop looks count once.</summary>
public sealed class Wake
{
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    /// <summary>Wakes the loop, or lets its next wait return at once.</summary>
    public void Signal() => _pending.Writer.TryWrite(true);

    /// <summary>Waits for a signal, and takes it.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation) => await _pending.Reader.ReadAsync(cancellation).ConfigureAwait(false);
}
