using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite;

/// <summary>What a report looks back on, beyond the lists of ended jobs.</summary>
public sealed partial class SqliteJobStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<JobState, long>> CountEndedAsync(EndedFilter filter, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyDictionary<JobState, long>>(
            connection => connection.Prepare(Queries.CountEnded)
                .Bind("since", filter.EndedSince?.ToUnixTimeMilliseconds() ?? long.MinValue)
                .Bind("before", filter.EndedBefore?.ToUnixTimeMilliseconds() ?? long.MaxValue)
                .Bind("owner_uid", filter.OwnerUid)
                .Bind("owner_name", filter.OwnerName)
                .Bind("states", filter.States.Count == 0 ? null : JsonSerializer.Serialize(filter.States))
                .All(static row => ((JobState)row.Int32("state"), row.Int64("jobs")))
                .ToDictionary(),
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Period>> ListWaitsAsync(DateTimeOffset since, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<Period>>(
        connection => connection.Prepare(Queries.ListWaitsSince)
            .Bind("since", since)
            .Bind("queued", (int)JobState.Queued)
            .Bind("allocated", (int)JobState.Allocated)
            .Bind("starting", (int)JobState.Starting)
            .Bind("running", (int)JobState.Running)
            .All(static row => new Period(row.Time("created_at"), row.NullableTime("until"))),
        cancellation);
}
