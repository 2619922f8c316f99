using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Attempts;

/// <summary>The attempts that this daemon follows, and the slots they hold.</summary>
/// <remarks>
/// A slot is held from the claim until the attempt's process tree is gone, never by time. The attempt is followed a little longer, until its
/// end is in the store and its traces are removed: meanwhile nobody else may take it for one that was left behind.
/// </remarks>
public sealed class LiveAttempts(int slots)
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<AttemptKey, Entry> _entries = [];

    private int _slots = slots;

    /// <summary>How many may be live at once. Lowering it ends nothing: fewer are started.</summary>
    public int Slots
    {
        get => Volatile.Read(ref _slots);
        set => Volatile.Write(ref _slots, value);
    }

    /// <summary>Attempts that hold a slot.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Count(entry => entry.HoldsSlot);
            }
        }
    }

    /// <summary>Slots that nothing holds; never negative.</summary>
    public int Free => Math.Max(0, Slots - Count);

    /// <summary>Takes a slot for an attempt, which may have no supervisor yet. False: it is followed already.</summary>
    public bool TryHold(AttemptKey key)
    {
        lock (_lock)
        {
            return _entries.TryAdd(key, new Entry());
        }
    }

    /// <summary>Gives a held slot its attempt, and passes on a cancellation that came before it.</summary>
    public void Attach(IAttempt attempt)
    {
        TimeSpan? cancel;
        lock (_lock)
        {
            var entry = _entries[attempt.Key];
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
            foreach (var (key, entry) in _entries)
            {
                if (key.JobId == jobId && entry.HoldsSlot)
                {
                    entry.PendingCancel = grace;
                    attempt = entry.Attempt;
                }
            }
        }

        attempt?.Cancel(grace);
    }

    /// <summary>Gives the slot back; the attempt is still followed.</summary>
    public void FreeSlot(AttemptKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                entry.HoldsSlot = false;
            }
        }
    }

    /// <summary>Follows the attempt no more.</summary>
    public void Remove(AttemptKey key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }
    }

    private sealed class Entry
    {
        public bool HoldsSlot { get; set; } = true;

        public IAttempt? Attempt { get; set; }

        public TimeSpan? PendingCancel { get; set; }
    }
}
