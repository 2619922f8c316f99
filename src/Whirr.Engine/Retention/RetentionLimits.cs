namespace Whirr.Engine.Retention;

/// <summary>How much of the past is kept. Nothing is removed by itself unless somebody says so.</summary>
public sealed record RetentionLimits
{
    /// <summary>Keep everything.</summary>
    public static readonly RetentionLimits None = new();

    /// <summary>Jobs that ended longer ago than this go; null: whenever.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The newest so many ended jobs stay; null: all.</summary>
    public int? Count { get; init; }

    /// <summary>Space in bytes that the run directories of ended jobs may take; the oldest go first. Null: any. Goes with <see cref="RemoveRuns"/>.</summary>
    public long? Bytes { get; init; }

    /// <summary>Run directories go too, and not only what the queue knows of the jobs.</summary>
    public bool RemoveRuns { get; init; }

    /// <summary>True when there is anything to keep to.</summary>
    public bool Any => Age is not null || Count is not null || Bytes is not null;
}
