using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Reading;

namespace Whirr.Storage.Sqlite;

/// <summary>What a report looks back on, beyond the lists of ended jobs.</summary>
public sealed partial class SqliteJobStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> ListLatestEndedAsync(EndedFilter filter, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<Job>>(
        connection => Bind(connection.Prepare(Queries.ListLatestEnded), filter).Bind("max", filter.Limit).All(JobRow.Read), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<JobState, long>> CountEndedAsync(EndedFilter filter, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyDictionary<JobState, long>>(
            connection => Bind(connection.Prepare(Queries.CountEnded), filter)
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
