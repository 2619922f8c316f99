namespace Whirr.Domain.Jobs;

/// <summary>What becomes of a job whose attempt was lost without a result. The numbers are stored.</summary>
public enum OnLost
{
    /// <summary>Run it again, until its attempts are used up.</summary>
    Requeue = 1,

    /// <summary>End it as lost.</summary>
    Stop = 2,
}

/// <summary>What becomes of a running job when the daemon goes away. The numbers are stored.</summary>
public enum OnDaemonLoss
{
    /// <summary>It runs on and is found again by the next daemon.</summary>
    Keep = 1,

    /// <summary>Its keeper ends it.</summary>
    Kill = 2,
}
