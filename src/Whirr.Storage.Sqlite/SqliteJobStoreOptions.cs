namespace Whirr.Storage.Sqlite;

/// <summary>Where the store is and what it may use.</summary>
public sealed record SqliteJobStoreOptions
{
    /// <summary>Path of the database file; its directory must exist. Files next to it: <c>-wal</c>, <c>-shm</c> (SQLite), <c>.lock</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Writes that may wait; a caller beyond that waits before its write is queued. At least 1.</summary>
    public int WriteQueueCapacity { get; init; } = 4096;

    /// <summary>Reads that may run at the same time, each with a connection of its own. At least 1.</summary>
    public int Readers { get; init; } = 4;
}
