namespace Whirr.Engine.Faults;

/// <summary>Places where a crash is hardest to get right. The tests that kill the daemon name them.</summary>
public enum FaultPoint
{
    /// <summary>A submit is on disk, the client does not know yet.</summary>
    AfterSubmitBeforeReply,

    /// <summary>A job is claimed, no keeper was started for it.</summary>
    AfterClaimBeforeSpawn,

    /// <summary>A keeper was started, the daemon does not follow it yet.</summary>
    AfterSpawnBeforeFollow,

    /// <summary>The command runs, the store does not know yet.</summary>
    AfterStartBeforeCommit,

    /// <summary>The store knows that the command runs.</summary>
    AfterStartCommitted,

    /// <summary>A cancellation is on disk, the keeper does not know yet.</summary>
    AfterCancelBeforeSignal,

    /// <summary>The attempt has ended, the store does not know yet.</summary>
    AfterEndBeforeCommit,

    /// <summary>The end is on disk, the attempt's leftovers are still there.</summary>
    AfterEndCommitted,

    /// <summary>The daemon has begun to adopt what an earlier one left.</summary>
    DuringAdoption,
}

/// <summary>Where armed faults happen.</summary>
public interface IFaults
{
    /// <summary>Called when the daemon is at <paramref name="point"/>; may not return.</summary>
    void Reach(FaultPoint point);
}

/// <summary>Nothing goes wrong.</summary>
public sealed class NoFaults : IFaults
{
    public static readonly NoFaults Instance = new();

    public void Reach(FaultPoint point)
    {
    }
}
