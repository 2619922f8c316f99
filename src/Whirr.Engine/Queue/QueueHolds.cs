using Whirr.Domain.Ports;

namespace Whirr.Engine.Queue;

/// <summary>What keeps the queue from starting jobs: somebody drained it, the daemon is about to end, or there is no room on a disk.</summary>
public sealed class QueueHolds(ILeaseStore store)
{
    private volatile QueueHold? _drained;
    private volatile bool _isEnding;
    private volatile FullDisks _disks = FullDisks.None;

    /// <summary>Raised after any change.</summary>
    public event Action? Changed;

    /// <summary>Who drained the queue; null: nobody. It holds over restarts.</summary>
    public QueueHold? Drained => _drained;

    /// <summary>The daemon ends when the running jobs have.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Disks without room.</summary>
    public FullDisks Disks => _disks;

    /// <summary>True while no job at all is to be started.</summary>
    public bool StopAll => _isEnding || _drained is not null || _disks.Everything is not null;

    /// <summary>Why a queued job with this runs directory is not started; null when nothing of this is in its way.</summary>
    public string? WhyNot(string? runsDir)
    {
        if (_isEnding)
        {
            return "whirrd ends when the running jobs have; it starts nothing any more";
        }

        return _drained is { } hold
            ? $"the queue is drained by {hold.By}{(hold.Why is { } why ? $": {why}" : "")}"
            : _disks.Everything ?? _disks.RunsDirs.GetValueOrDefault(runsDir ?? "");
    }

    /// <summary>Reads what an earlier daemon left.</summary>
    public async Task LoadAsync(CancellationToken cancellation) =>
        _drained = await store.FindHoldAsync(cancellation).ConfigureAwait(false);

    /// <summary>Drains the queue, or (null) lets it go on. When it returns, that is on disk.</summary>
    /// <returns>Who had drained it.</returns>
    public async Task<QueueHold?> SetAsync(QueueHold? hold, CancellationToken cancellation)
    {
        await store.SetHoldAsync(hold, cancellation).ConfigureAwait(false);
        var before = _drained;
        _drained = hold;
        Changed?.Invoke();
        return before;
    }

    /// <summary>Nothing is started any more in the life of this daemon.</summary>
    public void BeginEnding()
    {
        _isEnding = true;
        Changed?.Invoke();
    }

    /// <summary>Says which disks have no room.</summary>
    public void SetDisks(FullDisks disks)
    {
        _disks = disks;
        Changed?.Invoke();
    }
}

/// <summary>Disks without room.</summary>
/// <param name="Everything">Why no job can be started; null when that is not so.</param>
/// <param name="RunsDirs">Where no run directory is to be made (empty text: in the daemon's own place), and why.</param>
public sealed record FullDisks(string? Everything, IReadOnlyDictionary<string, string> RunsDirs)
{
    public static readonly FullDisks None = new(null, new Dictionary<string, string>());
}
