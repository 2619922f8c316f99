using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Attempts;

/// <summary>An attempt that this daemon follows, and what it knows of it that is not in the store.</summary>
/// <remarks>Changed by <see cref="LiveAttempts"/> and by the one loop that each property names; read by anybody.</remarks>
public sealed class LiveAttempt(Job job)
{
    private volatile AttemptSight? _sight;
    private volatile string? _stalled;
    private volatile bool _hasNotes;

    public AttemptKey Key { get; } = job.Attempt!.Key;

    /// <summary>The job as it was when it was claimed or adopted.</summary>
    public Job Job { get; } = job;

    /// <summary>The attempt; null until there is a supervisor.</summary>
    public IAttempt? Attempt { get; internal set; }

    /// <summary>False: its tree is gone, and its end is on the way to the store.</summary>
    public bool HoldsSlot { get; internal set; } = true;

    /// <summary>The last sign of life; null before the first.</summary>
    public AttemptSight? Sight
    {
        get => _sight;
        internal set => _sight = value;
    }

    /// <summary>It is stalled: since when and what is done, in a sentence. Null: it is not, or is not watched.</summary>
    public string? Stalled
    {
        get => _stalled;
        internal set => _stalled = value;
    }

    /// <summary>It had something to tell that is to be in the store before its end is.</summary>
    internal bool HasNotes
    {
        get => _hasNotes;
        set => _hasNotes = value;
    }

    /// <summary>Its last alert that is in the store; null: not looked up yet. The sign recorder's.</summary>
    internal DateTimeOffset? LastAlert { get; set; }

    /// <summary>Its disk is nearly full, and its supervisor was told so. The disk guard's.</summary>
    internal bool IsLowOnSpace { get; set; }

    /// <summary>From when on its silence counts (<see cref="TimeProvider.GetTimestamp"/>). The lease keeper's.</summary>
    internal long? SilenceCountsFrom { get; set; }

    /// <summary>Its silence was told. The lease keeper's.</summary>
    internal bool IsSilent { get; set; }

    /// <summary>A cancellation that came before there was a supervisor. Guarded by the lock of <see cref="LiveAttempts"/>, like the next two.</summary>
    internal TimeSpan? PendingCancel { get; set; }

    internal TimeSpan? TimeLimit { get; set; }

    /// <summary>Somebody has changed the time limit since the attempt is followed.</summary>
    internal bool IsTimeLimitSet { get; set; }
}
