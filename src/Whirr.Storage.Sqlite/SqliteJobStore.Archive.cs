using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Operations;
using Whirr.Storage.Sqlite.Reading;

namespace Whirr.Storage.Sqlite;

/// <summary>Ended jobs.</summary>
public sealed partial class SqliteJobStore : IJobArchive
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> ListEndedAsync(EndedFilter filter, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<Job>>(
        connection =>
        {
            // Found anew for each page: jobs that end meanwhile only move it on.
            var last = filter.KeepNewest == 0
                ? (At: long.MaxValue, Id: long.MaxValue)
                : Bind(connection.Prepare(Queries.FindLastEnded), filter)
                    .Bind("keep", filter.KeepNewest)
                    .Single(static row => ((long At, long Id)?)(row.Int64("finished_at"), row.Int64("id")));
            return last is not { } end
                ? []
                : Bind(connection.Prepare(Queries.ListEnded), filter)
                    .Bind("after_at", filter.After?.FinishedAt.ToUnixTimeMilliseconds() ?? long.MinValue)
                    .Bind("after_id", filter.After?.Id ?? long.MinValue)
                    .Bind("last_at", end.At)
                    .Bind("last_id", end.Id)
                    .Bind("max", filter.Limit)
                    .All(JobRow.Read);
        },
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> RemoveEndedAsync(IReadOnlyList<long> ids, CancellationToken cancellation) =>
        _writer.WriteAsync(session => RemoveEnded.Run(session, ids), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Attempt>> ListAttemptsAsync(DateTimeOffset since, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<Attempt>>(
            connection => connection.Prepare(Queries.ListAttemptsSince)
                .Bind("since", since)
                .Bind("allocated", (int)JobState.Allocated)
                .Bind("starting", (int)JobState.Starting)
                .Bind("running", (int)JobState.Running)
                .All(AttemptRow.Read),
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> ListEventsAsync(
        DateTimeOffset since, IReadOnlyList<JobTrigger> triggers, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<JobEvent>>(
            connection => connection.Prepare(Queries.ListEventsSince)
                .Bind("since", since)
                .Bind("triggers", JsonSerializer.Serialize(triggers))
                .Bind("max", max)
                .All(EventRow.Read),
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TimeSpan>> ListDurationsAsync(uint ownerUid, string name, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<TimeSpan>>(
            connection => connection.Prepare(Queries.ListDurations)
                .Bind("completed", (int)JobState.Completed)
                .Bind("owner_uid", ownerUid)
                .Bind("name", name)
                .Bind("max", max)
                .All(static row => TimeSpan.FromMilliseconds(row.Int64("duration_ms"))),
            cancellation);

    private static Statement Bind(Statement statement, EndedFilter filter) => statement
        .Bind("since", filter.EndedSince?.ToUnixTimeMilliseconds() ?? long.MinValue)
        .Bind("before", filter.EndedBefore?.ToUnixTimeMilliseconds() ?? long.MaxValue)
        .Bind("owner_uid", filter.OwnerUid)
        .Bind("owner_name", filter.OwnerName)
        .Bind("states", filter.States.Count == 0 ? null : JsonSerializer.Serialize(filter.States));
}
