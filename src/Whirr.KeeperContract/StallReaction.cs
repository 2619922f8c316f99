namespace Whirr.KeeperContract;

/// <summary>What a keeper does about an attempt without signs of progress.</summary>
public enum StallReaction
{
    /// <summary>Tells its daemons.</summary>
    Tell = 0,

    /// <summary>Also writes into the log what the processes are doing.</summary>
    Dump = 1,

    /// <summary>Ends it.</summary>
    End = 2,
}
