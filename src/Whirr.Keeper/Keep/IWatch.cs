using Whirr.Linux.Events;

namespace Whirr.Keeper.Keep;

/// <summary>Something that a keeper looks at while the command runs. What it costs a job that did not ask for it is nothing: it is not there.</summary>
internal interface IWatch
{
    /// <summary>When to look next, in milliseconds of CLOCK_MONOTONIC; null: not by time.</summary>
    long? DueAt { get; }

    /// <summary>A descriptor whose readiness is a reason to look; null: none.</summary>
    PollEntry? Interest { get; }

    /// <summary>Looks, and acts on what it sees. Called when it is due, when its descriptor is ready, and after other things too: must be cheap
    /// when there is nothing to do.</summary>
    /// <param name="nowMs">CLOCK_MONOTONIC in milliseconds.</param>
    void Look(long nowMs);
}
