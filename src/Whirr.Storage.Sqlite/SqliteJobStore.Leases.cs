using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Operations;
using Whirr.Storage.Sqlite.Reading;

namespace Whirr.Storage.Sqlite;

/// <summary>Leases, pauses and the hold.</summary>
public sealed partial class SqliteJobStore : ILeaseStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<LeaseRenewal>> RenewLeasesAsync(
        IReadOnlyList<AttemptKey> keys, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellation) =>
        _writer.WriteAsync(session => RenewLeases.Run(session, keys, now, expiresAt), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PausedJob>> ListPausedAsync(int max, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<PausedJob>>(
        connection => connection.Prepare(Queries.ListPaused)
            .Bind("max", max)
            .All(static row => new PausedJob(row.Int64("id"), row.Time("eligible_at"), TimeSpan.FromMilliseconds(row.Int64("pause_ms")))),
        cancellation);

    /// <inheritdoc/>
    public Task EndPausesAsync(IReadOnlyList<long> jobIds, CancellationToken cancellation) =>
        _writer.WriteAsync(session => EndPauses.Run(session, jobIds), cancellation);

    /// <inheritdoc/>
    public Task<bool> SetTimeLimitAsync(
        long jobId, JobState expected, TimeSpan? limit, string detail, DateTimeOffset now, CancellationToken cancellation) =>
        _writer.WriteAsync(session => SetTimeLimit.Run(session, jobId, expected, limit, detail, now), cancellation);

    /// <inheritdoc/>
    public Task<bool> NoteAsync(
        AttemptKey key, JobState expected, JobTrigger trigger, EndReason reason, string detail, DateTimeOffset at, CancellationToken cancellation) =>
        _writer.WriteAsync(session => NoteOnAttempt.Run(session, key, expected, trigger, reason, detail, at), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Attempt>> ListAttemptsOfAsync(long jobId, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<Attempt>>(
            connection => connection.Prepare(Queries.ListAttemptsOf).Bind("job_id", jobId).All(AttemptRow.Read), cancellation);

    /// <inheritdoc/>
    public Task<QueueHold?> FindHoldAsync(CancellationToken cancellation) => _readers.ReadAsync(
        connection => connection.Prepare(Queries.FindHold)
            .Single(static row => new QueueHold(row.Text("set_by"), row.Time("set_at"), row.NullableText("why"))),
        cancellation);

    /// <inheritdoc/>
    public Task SetHoldAsync(QueueHold? hold, CancellationToken cancellation) =>
        _writer.WriteAsync(session => SetHold.Run(session, hold), cancellation);
}
