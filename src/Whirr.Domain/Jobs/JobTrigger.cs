namespace Whirr.Domain.Jobs;

/// <summary>What can happen to a job. The numbers are stored in the event log; never renumber them.</summary>
public enum JobTrigger
{
    /// <summary>It was put in the queue. The first event of every job; not a transition.</summary>
    Submitted = 1,

    /// <summary>A coordinator set resources aside for it on a node.</summary>
    Allocated = 2,

    /// <summary>An agent took it, with a new lease epoch, and is about to start a keeper.</summary>
    Claimed = 3,

    /// <summary>Its keeper reported that the command runs.</summary>
    Started = 4,

    /// <summary>Somebody asked for it to be ended while it was live.</summary>
    CancelRequested = 5,

    /// <summary>The command exited with code 0.</summary>
    Completed = 6,

    /// <summary>It ended otherwise, or could not be started.</summary>
    Failed = 7,

    /// <summary>It ended because somebody asked for it.</summary>
    Cancelled = 8,

    /// <summary>Its attempt is proven dead without a result, and it goes back to the queue.</summary>
    Requeued = 9,

    /// <summary>Its attempt is proven dead without a result, and it is not to be run again.</summary>
    Lost = 10,

    /// <summary>Its attempt failed, and it goes back to the queue for another one.</summary>
    Retried = 11,

    /// <summary>Its time limit was changed.</summary>
    Extended = 12,

    /// <summary>Its attempt gives no sign of progress.</summary>
    Stalled = 13,

    /// <summary>Its attempt goes on after it had stalled.</summary>
    Resumed = 14,

    /// <summary>Its keeper gives no sign of life, though it is not dead.</summary>
    Silent = 15,

    /// <summary>Its script wants people to know something.</summary>
    Alerted = 16,
}

/// <summary>Names of triggers.</summary>
public static class JobTriggers
{
    /// <summary>The word used in the event log and on the wire, e.g. <c>cancel_requested</c>.</summary>
    public static string ToWord(this JobTrigger trigger) => trigger switch
    {
        JobTrigger.Submitted => "submitted",
        JobTrigger.Allocated => "allocated",
        JobTrigger.Claimed => "claimed",
        JobTrigger.Started => "started",
        JobTrigger.CancelRequested => "cancel_requested",
        JobTrigger.Completed => "completed",
        JobTrigger.Failed => "failed",
        JobTrigger.Cancelled => "cancelled",
        JobTrigger.Requeued => "requeued",
        JobTrigger.Lost => "lost",
        JobTrigger.Retried => "retried",
        JobTrigger.Extended => "extended",
        JobTrigger.Stalled => "stalled",
        JobTrigger.Resumed => "resumed",
        JobTrigger.Silent => "silent",
        JobTrigger.Alerted => "alerted",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger), trigger, "not a job trigger"),
    };
}
