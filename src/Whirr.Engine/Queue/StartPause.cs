namespace Whirr.Engine.Queue;

/// <summary>How long the queue waits after the machine could not start a job: 1 s, doubled with each failure in a row up to 30 s.</summary>
/// <remarks>Told from any thread; waited for by the dispatcher alone.</remarks>
internal sealed class StartPause(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // Guards the two fields below.
    private readonly Lock _lock = new();
    private TimeSpan _length = First;
    private bool _isDue;

    /// <summary>How long the next pause is.</summary>
    public TimeSpan Length
    {
        get
        {
            lock (_lock)
            {
                return _length;
            }
        }
    }

    /// <summary>Something could not be started: the next <see cref="WaitAsync"/> waits.</summary>
    public void Troubled()
    {
        lock (_lock)
        {
            _isDue = true;
        }
    }

    /// <summary>Something was started: the next trouble is a new one.</summary>
    public void Worked()
    {
        lock (_lock)
        {
            _length = First;
        }
    }

    /// <summary>Waits when there was trouble. What several slots say of the same trouble meanwhile counts once.</summary>
    public async Task WaitAsync(CancellationToken stopping)
    {
        TimeSpan length;
        lock (_lock)
        {
            if (!_isDue)
            {
                return;
            }

            length = _length;
            _length = length * 2 < Longest ? length * 2 : Longest;
        }

        await Task.Delay(length, time, stopping).ConfigureAwait(false);
        lock (_lock)
        {
            _isDue = false;
        }
    }
}
