namespace Whirr.Bench;

/// <summary>How many samples are taken.</summary>
internal sealed record Effort
{
    public static Effort Full { get; } = new()
    {
        Name = "full",
        Rounds = 3,
        ProcessRuns = 200,
        Starts = 300,
        Jobs = 1_000,
        SingleSubmits = 1_000,
        SubmitsPerConnection = 500,
        Batches = [20_000, 100_000],
        Syncs = 500,
        IdleTime = TimeSpan.FromSeconds(30),
        LongQueueRuns = 100,
        Recoveries = 9,
        Looks = 60,
        LargeRows = 10_000_000,
    };

    /// <summary>Under a minute: enough to see that something broke, not to compare two versions.</summary>
    public static Effort Quick { get; } = new()
    {
        Name = "quick",
        Rounds = 1,
        ProcessRuns = 30,
        Starts = 60,
        Jobs = 300,
        SingleSubmits = 300,
        SubmitsPerConnection = 150,
        Batches = [20_000],
        Syncs = 200,
        IdleTime = TimeSpan.FromSeconds(5),
        LongQueueRuns = 20,
        Recoveries = 3,
        Looks = 10,
        LargeRows = 1_000_000,
    };

    public required string Name { get; init; }

    /// <summary>How often a rate is measured; the median counts.</summary>
    public required int Rounds { get; init; }

    /// <summary>Runs of whirrctl submit.</summary>
    public required int ProcessRuns { get; init; }

    /// <summary>Jobs whose first instruction is timed.</summary>
    public required int Starts { get; init; }

    /// <summary>Jobs that are run to their end in one round.</summary>
    public required int Jobs { get; init; }

    public required int SingleSubmits { get; init; }

    public required int SubmitsPerConnection { get; init; }

    /// <summary>Sizes of the batches, 1 to 100,000 (the limit of one call).</summary>
    public required IReadOnlyList<int> Batches { get; init; }

    /// <summary>Appends with fdatasync(2) in one round.</summary>
    public required int Syncs { get; init; }

    /// <summary>How long an idle daemon is watched.</summary>
    public required TimeSpan IdleTime { get; init; }

    /// <summary>Runs of each command on the long queue and on the empty one.</summary>
    public required int LongQueueRuns { get; init; }

    /// <summary>How often a daemon is killed and started again.</summary>
    public required int Recoveries { get; init; }

    /// <summary>Runs of each command that looks at what runs measured.</summary>
    public required int Looks { get; init; }

    /// <summary>Rows of a large file of metrics.</summary>
    public required int LargeRows { get; init; }

    /// <summary>Null when there is none of that name.</summary>
    public static Effort? TryParse(string name) => name == Full.Name ? Full : name == Quick.Name ? Quick : null;
}
