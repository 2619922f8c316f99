using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>A few read-only connections. A reader sees the last commit and never waits for the writer, nor the writer for it.</summary>
/// <remarks>
/// A read runs on the thread of its caller: most take microseconds from the page cache, less than a change of threads.
/// Connections are opened when they are first needed.
/// </remarks>
internal sealed class ReaderPool(string path, int size) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(size);
    private readonly ConcurrentBag<Connection> _idle = [];
    private volatile bool _closed;

    public async Task<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJobStore));
            return Run(read, cancellation);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the reads that run, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        for (var taken = 0; taken < size; taken++)
        {
            await _free.WaitAsync().ConfigureAwait(false);
        }

        foreach (var connection in _idle)
        {
            connection.Dispose();
        }

        // Callers that still wait are let in to find the pool closed.
        _free.Release(size);
    }

    private T Run<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        try
        {
            if (!_idle.TryTake(out var connection))
            {
                connection = Connection.OpenForReading(path);
            }

            try
            {
                // Disposed before the connection goes back: a late interrupt cannot hit the next reader.
                using var interrupt = cancellation.UnsafeRegister(static reader => ((Connection)reader!).Interrupt(), connection);
                return read(connection);
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException("the read was cancelled", error, cancellation);
        }
        catch (SqliteException error)
        {
            throw SqliteFaults.Translate(error, path);
        }
    }
}
