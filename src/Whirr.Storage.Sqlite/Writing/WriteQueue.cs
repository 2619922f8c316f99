namespace Whirr.Storage.Sqlite.Writing;

/// <summary>Writes that wait for the writer. Callers wait without a thread while it is full; the writer blocks while it is empty.</summary>
internal sealed class WriteQueue(int capacity) : IDisposable
{
    private readonly SemaphoreSlim _room = new(capacity);

    // Guards _waiting and _closed, and is what the writer waits on.
    private readonly object _gate = new();
    private readonly List<PendingWrite> _waiting = [];
    private bool _closed;

    /// <summary>Puts a write in the queue once there is room.</summary>
    /// <exception cref="ObjectDisposedException">The store is being closed.</exception>
    public async ValueTask AddAsync(PendingWrite write, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJobStore));
            _waiting.Add(write);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Moves everything that waits into <paramref name="batch"/>; blocks until there is something.</summary>
    /// <returns>False: the queue is closed and empty.</returns>
    public bool TakeAll(List<PendingWrite> batch)
    {
        batch.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            batch.AddRange(_waiting);
            _waiting.Clear();
        }

        _room.Release(batch.Count);
        return true;
    }

    /// <summary>Refuses further writes; what waits is still taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose() => _room.Dispose();
}
