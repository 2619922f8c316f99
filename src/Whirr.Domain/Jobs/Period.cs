namespace Whirr.Domain.Jobs;

/// <summary>A time from one moment to another.</summary>
/// <param name="From">Its begin.</param>
/// <param name="Until">Its end; null: it has not ended.</param>
public readonly record struct Period(DateTimeOffset From, DateTimeOffset? Until);
