using Microsoft.Data.Sqlite;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>The one writer: a thread that makes everything that waits durable with one commit.</summary>
/// <remarks>
/// Group commit without a delay: while one commit waits for the disk, the writes that arrive gather, and the next commit takes them all.
/// Each write runs inside a savepoint, so that one that fails undoes only itself. A transaction that is lost as a whole (a full disk may
/// do that, at a write or at the commit) is done again one write at a time: those that fit are kept, the others fail by themselves, and
/// when there is space again the writer goes on as if nothing had happened. Nobody is told anything before the commit. A write may be
/// taken back by its caller until it is taken; after that its outcome stands. With nothing to do the thread sleeps without a timeout.
/// </remarks>
internal sealed class StoreWriter : IAsyncDisposable
{
    private readonly string _path;
    private readonly WriteSession _session;
    private readonly StateTally _tally;
    private readonly WriteQueue _queue;
    private readonly StateChanges _uncommitted = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the writer; it owns <paramref name="connection"/> from here on.</summary>
    public StoreWriter(Connection connection, StateTally tally, string path, int queueCapacity)
    {
        _path = path;
        _session = new WriteSession(connection);
        _tally = tally;
        _queue = new WriteQueue(queueCapacity);
        new Thread(Run) { IsBackground = true, Name = "whirr store writer" }.Start();
    }

    /// <summary>Runs <paramref name="operation"/> on the writer's thread; completes when it is durable.</summary>
    /// <param name="operation">May run more than once; only its last run has an effect.</param>
    /// <param name="cancellation">Has an effect until the operation is taken.</param>
    public async Task<T> WriteAsync<T>(Func<WriteSession, T> operation, CancellationToken cancellation)
    {
        var write = new PendingWrite<T>(operation, cancellation);
        await _queue.AddAsync(write, cancellation).ConfigureAwait(false);
        return await write.Outcome.ConfigureAwait(false);
    }

    /// <summary>Finishes what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task.ConfigureAwait(false);
        _queue.Dispose();
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        while (_queue.TakeAll(batch))
        {
            batch.RemoveAll(write => !write.TryTake());
            if (batch.Count == 0)
            {
                continue;
            }

            if (CommitTogether(batch) is { } lost)
            {
                CommitEach(batch, lost);
            }

            batch.ForEach(write => write.Complete());
        }

        _session.Json.Dispose();
        _session.Connection.Dispose();
        _ended.SetResult();
    }

    /// <summary>Runs the writes in one transaction.</summary>
    /// <returns>Null: it is committed, and each write has its own result or error. Else why nothing of it remains.</returns>
    private Exception? CommitTogether(IReadOnlyList<PendingWrite> batch)
    {
        _uncommitted.Clear();
        try
        {
            _session.Connection.BeginImmediate();
            foreach (var write in batch)
            {
                write.Error = null;
                RunInSavepoint(write);
            }

            _session.Connection.Commit();
            _tally.Apply(_uncommitted);
            return null;
        }
        catch (Exception error)
        {
            return Undo(error);
        }
    }

    private void CommitEach(List<PendingWrite> batch, Exception lost)
    {
        foreach (var write in batch)
        {
            write.Error = batch.Count == 1 ? lost : CommitTogether([write]) ?? write.Error;
        }
    }

    /// <summary>Runs one write; its failure stays with it as long as the transaction lives.</summary>
    private void RunInSavepoint(PendingWrite write)
    {
        _session.Changes.Clear();
        _session.Connection.Savepoint();
        try
        {
            write.Run(_session);
        }
        catch (Exception error) when (_session.Connection.InTransaction)
        {
            _session.Connection.RollbackToSavepoint();
            write.Error = Translate(error);
            return;
        }

        _session.Connection.Release();
        _uncommitted.Add(_session.Changes);
    }

    /// <summary>Undoes what is left of a failed transaction.</summary>
    /// <returns>What to tell its callers.</returns>
    private Exception Undo(Exception error)
    {
        try
        {
            _session.Connection.Rollback();
            return Translate(error);
        }
        catch (SqliteException alsoFailed)
        {
            // Nothing was committed, so nothing remains of it after the next successful rollback, or after recovery.
            return Translate(new AggregateException(error, alsoFailed));
        }
    }

    private Exception Translate(Exception error) => error switch
    {
        SqliteException sqlite => SqliteFaults.Translate(sqlite, _path),
        AggregateException both => new StoreException(StoreFault.Io, $"the database {_path} failed, and undoing the change failed too", both),
        _ => error,
    };
}
