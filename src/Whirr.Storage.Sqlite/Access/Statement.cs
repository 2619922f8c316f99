using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Whirr.Storage.Sqlite.Access;

/// <summary>A prepared statement that is used again and again, by parameter and column name.</summary>
/// <remarks>
/// SqliteCommand boxes each value, looks each parameter up in native code on each run, and makes a reader per run; at 100,000 rows a
/// transaction that is most of the time. This is the same native statement without that. Not for more than one thread at a time.
/// After each run the statement is reset and its values are cleared: it keeps no lock, no snapshot and no large value alive.
/// </remarks>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _handle;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);

    /// <exception cref="SqliteException">The SQL cannot be prepared.</exception>
    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle));
        for (var index = 1; index <= raw.sqlite3_bind_parameter_count(_handle); index++)
        {
            _parameters[raw.sqlite3_bind_parameter_name(_handle, index).utf8_to_string()[1..]] = index;
        }

        for (var index = 0; index < raw.sqlite3_column_count(_handle); index++)
        {
            _columns[raw.sqlite3_column_name(_handle, index).utf8_to_string()] = index;
        }
    }

    /// <summary>Names of the parameters, without the colon.</summary>
    public IReadOnlyCollection<string> Parameters => _parameters.Keys;

    public Statement Bind(string parameter, long? value)
    {
        Check(value is { } number
            ? raw.sqlite3_bind_int64(_handle, _parameters[parameter], number)
            : raw.sqlite3_bind_null(_handle, _parameters[parameter]));
        return this;
    }

    public Statement Bind(string parameter, DateTimeOffset? value) => Bind(parameter, value?.ToUnixTimeMilliseconds());

    public Statement Bind(string parameter, string? value)
    {
        if (value is null)
        {
            return Bind(parameter, (long?)null);
        }

        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(length);
        BindText(parameter, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Binds text that is UTF-8 already.</summary>
    public Statement BindText(string parameter, ReadOnlySpan<byte> utf8)
    {
        // A pinned empty span is a null pointer, and that would bind NULL.
        Check(utf8.IsEmpty
            ? raw.sqlite3_bind_text(_handle, _parameters[parameter], utf8z.FromString(""))
            : raw.sqlite3_bind_text(_handle, _parameters[parameter], utf8));
        return this;
    }

    public Statement BindBlob(string parameter, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, _parameters[parameter], 0)
            : raw.sqlite3_bind_blob(_handle, _parameters[parameter], value));
        return this;
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>Rows inserted, updated or deleted.</returns>
    public int Execute()
    {
        while (Next())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs and reads the first row; default when there is none.</summary>
    public T? Single<T>(Func<Statement, T> read)
    {
        try
        {
            return Next() ? read(this) : default;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs and reads every row.</summary>
    public List<T> All<T>(Func<Statement, T> read)
    {
        try
        {
            var rows = new List<T>();
            while (Next())
            {
                rows.Add(read(this));
            }

            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Moves to the next row. At the end, and after an error, the statement is reset; who stops earlier calls <see cref="Reset"/>.</summary>
    public bool Next()
    {
        var result = raw.sqlite3_step(_handle);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        // The message belongs to the step and is gone after the reset.
        var error = result == raw.SQLITE_DONE ? null : LastError();
        Reset();
        return error is null ? false : throw error;
    }

    public void Reset()
    {
        // Its result repeats the error of the last step, which has been told.
        _ = raw.sqlite3_reset(_handle);
        _ = raw.sqlite3_clear_bindings(_handle);
    }

    public bool IsNull(string column) => raw.sqlite3_column_type(_handle, _columns[column]) == raw.SQLITE_NULL;

    public long Int64(string column) => raw.sqlite3_column_int64(_handle, _columns[column]);

    public int Int32(string column) => checked((int)Int64(column));

    public DateTimeOffset Time(string column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? NullableTime(string column) => IsNull(column) ? null : Time(column);

    public string Text(string column) => Encoding.UTF8.GetString(Bytes(column));

    /// <summary>The first column as text, whatever its name.</summary>
    public string FirstText() => raw.sqlite3_column_text(_handle, 0).utf8_to_string();

    public string? NullableText(string column) => IsNull(column) ? null : Text(column);

    /// <summary>A blob, or text as UTF-8; valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(string column) => raw.sqlite3_column_blob(_handle, _columns[column]);

    /// <summary>A UUID stored as 16 bytes, big endian (RFC 9562).</summary>
    public Guid Guid(string column) => new(Bytes(column), bigEndian: true);

    public Statement Bind(string parameter, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(parameter, bytes);
    }

    public void Dispose() => _handle.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw LastError();
        }
    }

    private SqliteException LastError() => new(
        raw.sqlite3_errmsg(_database).utf8_to_string(),
        raw.sqlite3_errcode(_database) & 0xff,
        raw.sqlite3_extended_errcode(_database));
}
