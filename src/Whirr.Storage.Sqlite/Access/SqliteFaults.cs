using Microsoft.Data.Sqlite;
using SQLitePCL;
using Whirr.Domain.Ports;

namespace Whirr.Storage.Sqlite.Access;

/// <summary>The one place where SQLite's result codes (sqlite.org/rescode.html) become kinds of trouble.</summary>
internal static class SqliteFaults
{
    /// <summary>What <paramref name="error"/> means, with a sentence that says what to do.</summary>
    public static StoreException Translate(SqliteException error, string path)
    {
        var (fault, sentence) = (error.SqliteErrorCode, error.SqliteExtendedErrorCode) switch
        {
            // The shared-memory file could not grow: the same full disk, met one file earlier.
            (raw.SQLITE_FULL, _) or (_, raw.SQLITE_IOERR_SHMSIZE) => (
                StoreFault.Full, $"no space left for the database {path}; free some space, nothing was changed"),
            (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB, _) => (
                StoreFault.Corrupt, $"the database {path} is damaged; it is left as it is, restore it from a backup"),
            (raw.SQLITE_READONLY or raw.SQLITE_PERM, _) => (
                StoreFault.ReadOnly, $"the database {path} cannot be written; check the permissions of the file, its directory and its file system"),
            (raw.SQLITE_BUSY or raw.SQLITE_LOCKED, _) => (
                StoreFault.InUse, $"another program keeps the database {path} locked; find it with: fuser -v {path}"),
            (raw.SQLITE_CONSTRAINT, _) => (
                StoreFault.Rejected, "the change breaks a rule of the database and was not made"),
            _ => (StoreFault.Io, $"the database {path} could not be read or written"),
        };
        return new StoreException(fault, $"{sentence} (SQLite: {error.Message}, code {error.SqliteExtendedErrorCode})", error);
    }
}
