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
    private readonly Dictionary<AttemptKey, LiveAttempt> _entries = [];

    /// <summary>Guarded by <see cref="_lock"/>: claims that are being made.</summary>
    private int _claims;

    private int _slots = slots;

    /// <summary>Raised when an attempt got its supervisor.</summary>
    public event Action? Attached;

    /// <summary>Raised when an attempt gave its slot back or is not followed any more.</summary>
    public event Action? Left;

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

    /// <summary>True while any attempt is followed, also one whose end is on the way to the store, and while jobs are being claimed.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count > 0 || _claims > 0;
            }
        }
    }

    /// <summary>The attempts that hold a slot.</summary>
    public IReadOnlyList<LiveAttempt> Snapshot()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Where(entry => entry.HoldsSlot)];
        }
    }

    /// <summary>The attempt of a job that holds a slot; null when there is none.</summary>
    public LiveAttempt? Find(long jobId)
    {
        lock (_lock)
        {
            return FindLocked(jobId);
        }
    }

    /// <summary>Jobs are about to be claimed: from the commit on they are live, though they hold no slot yet.</summary>
    public void BeginClaim()
    {
        lock (_lock)
        {
            _claims++;
        }
    }

    /// <summary>What was claimed holds its slots.</summary>
    public void EndClaim()
    {
        lock (_lock)
        {
            _claims--;
        }

        Left?.Invoke();
    }

    /// <summary>Takes a slot for the current attempt of a job, which may have no supervisor yet. False: it is followed already.</summary>
    public bool TryHold(Job job)
    {
        lock (_lock)
        {
            return _entries.TryAdd(job.Attempt!.Key, new LiveAttempt(job));
        }
    }

    /// <summary>Gives a held slot its attempt, and passes on what was asked of it before.</summary>
    public LiveAttempt Attach(IAttempt attempt)
    {
        LiveAttempt entry;
        lock (_lock)
        {
            entry = _entries[attempt.Key];
            entry.Attempt = attempt;
            if (entry.PendingCancel is { } grace)
            {
                attempt.Cancel(grace);
            }

            if (entry.IsTimeLimitSet)
            {
                attempt.SetTimeLimit(entry.TimeLimit);
            }
        }

        Attached?.Invoke();
        return entry;
    }

    /// <summary>Asks for a job's attempt to be ended, now or as soon as it exists. Does nothing for a job that is not followed.</summary>
    public void Cancel(long jobId, TimeSpan grace)
    {
        lock (_lock)
        {
            if (FindLocked(jobId) is { } entry)
            {
                entry.PendingCancel = grace;
                entry.Attempt?.Cancel(grace);
            }
        }
    }

    /// <summary>Changes how long a job's attempt may run, now or as soon as it exists. Does nothing for a job that is not followed.</summary>
    public void SetTimeLimit(long jobId, TimeSpan? limit)
    {
        // The lock is held over the call, which only posts a message: two changes must arrive in the order they were made.
        lock (_lock)
        {
            if (FindLocked(jobId) is { } entry)
            {
                entry.IsTimeLimitSet = true;
                entry.TimeLimit = limit;
                entry.Attempt?.SetTimeLimit(limit);
            }
        }
    }

    /// <summary>Sends an attempt the limit that was stored for it, unless a newer one was sent meanwhile.</summary>
    public void RepeatTimeLimit(AttemptKey key, TimeSpan? limit)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && !entry.IsTimeLimitSet)
            {
                entry.Attempt?.SetTimeLimit(limit);
            }
        }
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

        Left?.Invoke();
    }

    /// <summary>Follows the attempt no more.</summary>
    public void Remove(AttemptKey key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }

        Left?.Invoke();
    }

    private LiveAttempt? FindLocked(long jobId) =>
        _entries.Values.FirstOrDefault(entry => entry.Key.JobId == jobId && entry.HoldsSlot);
}
