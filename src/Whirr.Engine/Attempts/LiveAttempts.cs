using Whirr.Domain.Ports;

namespace Whirr.Engine.Attempts;

/// <summary>The attempts that this daemon follows, and the slots they hold.</summary>
/// <remarks>A slot is held from the claim until the attempt's process tree is gone, never by time.</remarks>
public sealed class LiveAttempts(int slots)
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<long, Entry> _entries = [];

    private int _slots = slots;

    /// <summary>How many may be live at once. Lowering it ends nothing: fewer are started.</summary>
    public int Slots
    {
        get => Volatile.Read(ref _slots);
        set => Volatile.Write(ref _slots, value);
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Slots that nothing holds; never negative.</summary>
    public int Free => Math.Max(0, Slots - Count);

    public bool Contains(long jobId)
    {
        lock (_lock)
        {
            return _entries.ContainsKey(jobId);
        }
    }

    /// <summary>Takes a slot for a job's attempt, which may not exist yet. False: the job is followed already.</summary>
    public bool TryHold(long jobId)
    {
        lock (_lock)
        {
            return _entries.TryAdd(jobId, new Entry());
        }
    }

    /// <summary>Gives a held slot its attempt, and passes on a cancellation that came before it.</summary>
    public void Attach(long jobId, IAttempt attempt)
    {
        TimeSpan? cancel;
        lock (_lock)
        {
            var entry = _entries[jobId];
            entry.Attempt = attempt;
            cancel = entry.PendingCancel;
        }

        if (cancel is { } grace)
        {
            attempt.Cancel(grace);
        }
    }

    /// <summary>Asks for a job's attempt to be ended, now or as soon as it exists. Does nothing for a job that is not followed.</summary>
    public void Cancel(long jobId, TimeSpan grace)
    {
        IAttempt? attempt = null;
        lock (_lock)
        {
            if (_entries.TryGetValue(jobId, out var entry))
            {
                entry.PendingCancel = grace;
                attempt = entry.Attempt;
            }
        }

        attempt?.Cancel(grace);
    }

    /// <summary>Gives the slot back.</summary>
    public void Release(long jobId)
    {
        lock (_lock)
        {
            _entries.Remove(jobId);
        }
    }

    private sealed class Entry
    {
        public IAttempt? Attempt { get; set; }

        public TimeSpan? PendingCancel { get; set; }
    }
}
