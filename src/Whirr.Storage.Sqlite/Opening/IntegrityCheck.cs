using Microsoft.Data.Sqlite;
using SQLitePCL;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>Looks for damage before the first write can make it worse.</summary>
/// <remarks>
/// PRAGMA quick_check reads the whole file, about 3 s for each GiB. It runs after every unclean end (a log is left), when damage is
/// likely, and always while the file is small enough for nobody to notice. A large database that was closed cleanly is not read; damage
/// in it comes up as <see cref="StoreFault.Corrupt"/> from the call that meets it.
/// </remarks>
internal static class IntegrityCheck
{
    /// <summary>Bytes up to which a database is always checked; about 0.1 s.</summary>
    private const long AlwaysBelow = 32 << 20;

    /// <exception cref="StoreException">Corrupt; the database and its log are as before.</exception>
    public static void RunIfDue(string path)
    {
        var unclean = DatabaseFile.HasLog(path);
        if (!unclean && new FileInfo(path).Length > AlwaysBelow)
        {
            return;
        }

        try
        {
            using var connection = unclean ? Connection.OpenForWriting(path) : Connection.OpenImmutable(path);
            if (unclean)
            {
                connection.KeepLogOnClose();
            }

            if (connection.Query("PRAGMA quick_check(1)") is not ["ok"] and var damage)
            {
                throw Damaged(path, string.Join("; ", damage), null);
            }
        }
        catch (SqliteException error) when (error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw Damaged(path, error.Message, error);
        }
    }

    private static StoreException Damaged(string path, string damage, SqliteException? inner) => new(
        StoreFault.Corrupt,
        $"the database {path} is damaged ({damage}); it is left as it is: restore it from a backup, or move it away to start with an empty queue",
        inner);
}
