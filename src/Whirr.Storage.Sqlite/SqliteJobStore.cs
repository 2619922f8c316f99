using Microsoft.Data.Sqlite;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Opening;
using Whirr.Storage.Sqlite.Operations;
using Whirr.Storage.Sqlite.Reading;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite;

/// <summary>The memory of the queue in one SQLite database: one writer with group commit, and readers beside it.</summary>
/// <remarks>WAL with <c>synchronous=FULL</c>: a commit has been flushed to the disk when it returns (sqlite.org/pragma.html#pragma_synchronous).</remarks>
public sealed partial class SqliteJobStore : IJobStore
{
    private readonly StoreLock _lock;
    private readonly StoreWriter _writer;
    private readonly ReaderPool _readers;
    private readonly StateTally _tally;
    private int _disposed;

    private SqliteJobStore(SqliteJobStoreOptions options, StoreLock held, Connection writer)
    {
        _lock = held;
        _tally = CountStates(writer);
        JournalMode = writer.Query("PRAGMA journal_mode;") is [var mode, ..] ? mode : "";
        _writer = new StoreWriter(writer, _tally, options.Path, options.WriteQueueCapacity);
        _readers = new ReaderPool(options.Path, options.Readers);
    }

    /// <summary>The schema version that this build writes, and the newest it can open.</summary>
    public static int NewestSchemaVersion => Migrator.NewestVersion;

    /// <inheritdoc/>
    public int SchemaVersion => Migrator.NewestVersion;

    /// <summary>SQLite's journal mode as it was when the store was opened: <c>wal</c>, unless the file system has no shared memory.</summary>
    public string JournalMode { get; }

    /// <summary>What was done to the schema when the store was opened; null: nothing.</summary>
    public SchemaUpgrade? Upgrade { get; private init; }

    /// <summary>Opens the database, makes it when there is none, and brings its schema up to date.</summary>
    /// <exception cref="StoreException">Newer, Corrupt, InUse, ReadOnly, Full or Io. A database that is refused is left as it is.</exception>
    public static Task<SqliteJobStore> OpenAsync(SqliteJobStoreOptions options, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WriteQueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Readers, 1);
        var absolute = options with { Path = Path.GetFullPath(options.Path) };
        return Task.Run(() => Open(absolute), cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AddedJob>> AddAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellation) =>
        _writer.WriteAsync(session => AddJobs.Run(session, jobs), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(string node, int max, DateTimeOffset now, CancellationToken cancellation) =>
        ClaimAsync(node, max, ClaimExceptions.None, now, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(
        string node, int max, ClaimExceptions exceptions, DateTimeOffset now, CancellationToken cancellation) =>
        _writer.WriteAsync(session => ClaimJobs.Run(session, node, max, exceptions, now), cancellation);

    /// <inheritdoc/>
    public Task<bool> MarkStartedAsync(
        AttemptKey key, AttemptStart start, CancellationToken cancellation) =>
        _writer.WriteAsync(session => StartAttempt.Run(session, key, start), cancellation);

    /// <inheritdoc/>
    public Task<bool> EndAttemptAsync(AttemptEnd ended, CancellationToken cancellation) =>
        _writer.WriteAsync(session => EndAttempt.Run(session, ended), cancellation);

    /// <inheritdoc/>
    public Task<bool> EndJobAsync(long jobId, JobEnd ended, CancellationToken cancellation) =>
        _writer.WriteAsync(session => EndJobs.RunOne(session, jobId, ended), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> EndJobsAsync(uint? ownerUid, JobEnd ended, CancellationToken cancellation) =>
        _writer.WriteAsync(session => EndJobs.RunAll(session, ownerUid, ended), cancellation);

    /// <inheritdoc/>
    public Task<bool> RequestCancelAsync(
        long jobId, JobState expected, string detail, DateTimeOffset now, CancellationToken cancellation) =>
        _writer.WriteAsync(session => RequestCancel.Run(session, jobId, expected, detail, now), cancellation);

    /// <inheritdoc/>
    public Task<Job?> FindAsync(long jobId, CancellationToken cancellation) => _readers.ReadAsync(
        connection => connection.Prepare(Queries.FindJob).Bind("job_id", jobId).Single(JobRow.Read), cancellation);

    /// <inheritdoc/>
    public Task<byte[]?> FindEnvironmentAsync(long jobId, CancellationToken cancellation) => _readers.ReadAsync(
        connection => connection.Prepare(Queries.FindEnvironment)
            .Bind("job_id", jobId)
            .Single(static row => row.Bytes("data").ToArray()),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> ListAsync(JobFilter filter, CancellationToken cancellation) =>
        _readers.ReadAsync(connection => JobList.Read(connection, filter), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Job>> ListLiveAsync(CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<Job>>(
        connection => connection.Prepare(Queries.ListLiveJobs)
            .Bind("allocated", (int)JobState.Allocated)
            .Bind("starting", (int)JobState.Starting)
            .Bind("running", (int)JobState.Running)
            .All(JobRow.Read),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> EventsAsync(long jobId, long afterSeq, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<JobEvent>>(
            connection => connection.Prepare(Queries.ListEvents)
                .Bind("job_id", jobId)
                .Bind("after_seq", afterSeq)
                .Bind("max", max)
                .All(EventRow.Read),
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<JobState, long>> CountAsync(CancellationToken cancellation) => Task.FromResult(_tally.Snapshot());

    /// <summary>Finishes the writes that wait, folds the log into the database and lets go of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        // The writer closes last: only then does SQLite fold the log into the database, which marks a clean end.
        await _readers.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
    }

    private static SqliteJobStore Open(SqliteJobStoreOptions options)
    {
        var (held, writer, upgrade) = StoreOpener.Open(options.Path);
        try
        {
            return new SqliteJobStore(options, held, writer) { Upgrade = upgrade };
        }
        catch (SqliteException error)
        {
            writer.Dispose();
            held.Dispose();
            throw SqliteFaults.Translate(error, options.Path);
        }
    }

    private static StateTally CountStates(Connection connection)
    {
        var changes = new StateChanges();
        foreach (var (state, jobs) in connection.Prepare(Queries.CountByState)
            .All(static row => ((JobState)row.Int32("state"), row.Int64("jobs"))))
        {
            changes.Enter(state, jobs);
        }

        var tally = new StateTally();
        tally.Apply(changes);
        return tally;
    }
}
