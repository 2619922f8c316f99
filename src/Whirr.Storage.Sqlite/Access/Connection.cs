using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Whirr.Storage.Sqlite.Access;

/// <summary>A connection with its prepared statements. Not for more than one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    // Between them the connections of a daemon hold a few MiB: what the dispatcher and a page of a list touch.
    private const string Settings = "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<(Query, int), Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _beginImmediate;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _savepoint;
    private readonly Statement _release;
    private readonly Statement _rollbackToSavepoint;

    private Connection(string source, SqliteOpenMode mode)
    {
        // The pool of the library would keep the file open after Dispose.
        var settings = new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false };
        _connection = new SqliteConnection(settings.ToString());
        try
        {
            _connection.Open();
            Execute(Settings);
            _begin = new(Handle, "BEGIN");
            _beginImmediate = new(Handle, "BEGIN IMMEDIATE");
            _commit = new(Handle, "COMMIT");
            _rollback = new(Handle, "ROLLBACK");
            _savepoint = new(Handle, "SAVEPOINT operation");
            _release = new(Handle, "RELEASE operation");
            _rollbackToSavepoint = new(Handle, "ROLLBACK TO operation");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public static Connection OpenForWriting(string path) => new(path, SqliteOpenMode.ReadWriteCreate);

    public static Connection OpenForReading(string path) => new(path, SqliteOpenMode.ReadOnly);

    /// <summary>Opens a database that nobody writes, without making or touching any file beside it.</summary>
    public static Connection OpenImmutable(string path) =>
        new($"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly);

    /// <summary>True while a transaction is open. Some errors (disk full, I/O) end it without being asked.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Id of the row that the last successful insert made.</summary>
    public long LastInsertId => raw.sqlite3_last_insert_rowid(Handle);

    private sqlite3 Handle => _connection.Handle!;

    /// <summary>The prepared statement of a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="copy">Tells statements of the same query apart that run at the same time.</param>
    public Statement Prepare(Query query, int copy = 0)
    {
        if (!_statements.TryGetValue((query, copy), out var statement))
        {
            statement = new Statement(Handle, query.Sql);
            _statements.Add((query, copy), statement);
        }

        return statement;
    }

    /// <summary>Runs SQL that is used once: settings and migrations.</summary>
    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from this assembly, never from a user.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The rows of SQL that is used once, first column, as text.</summary>
    public List<string> Query(string sql)
    {
        using var statement = new Statement(Handle, sql);
        return statement.All(static row => row.FirstText());
    }

    public void Begin() => _begin.Execute();

    /// <summary>Begins a transaction that may write from its first statement on.</summary>
    public void BeginImmediate() => _beginImmediate.Execute();

    public void Commit() => _commit.Execute();

    public void Savepoint() => _savepoint.Execute();

    public void Release() => _release.Execute();

    public void RollbackToSavepoint()
    {
        _rollbackToSavepoint.Execute();
        _release.Execute();
    }

    /// <summary>Ends the transaction, if one is open, without effect.</summary>
    public void Rollback()
    {
        if (InTransaction)
        {
            _rollback.Execute();
        }
    }

    /// <summary>Makes what runs on this connection now end with SQLITE_INTERRUPT. May be called from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(Handle);

    /// <summary>Copies the whole database, what is in its log included, page by page (sqlite.org/backup.html).</summary>
    public void CopyTo(Connection target) => _connection.BackupDatabase(target._connection);

    /// <summary>Leaves the write-ahead log as it is when the connection is closed, even if it is the last one.</summary>
    public void KeepLogOnClose() => _ = raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public void Dispose()
    {
        Statement[] own = [_begin, _beginImmediate, _commit, _rollback, _savepoint, _release, _rollbackToSavepoint];
        foreach (var statement in own.Concat(_statements.Values))
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
