using Microsoft.Data.Sqlite;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>Puts a copy beside a database that is about to be migrated: <c>whirr.db.v1.backup</c>.</summary>
/// <remarks>It is a database that the old whirrd can open. It is made under another name and renamed when it is on disk, so that what has
/// the name is complete; one of an earlier try, of the same version, is replaced. Nothing deletes it. The rename is on disk before the
/// migration is: SQLite flushes the directory when the migration's journal is made.</remarks>
internal static class SchemaBackup
{
    // Room for the copy, and for the journal of the migration, which at worst is as large again.
    private const int CopiesThatMustFit = 2;
    private const long Spare = 1 << 20;

    /// <exception cref="StoreException">Full, or another fault of the file system. The database is as it was.</exception>
    public static SchemaUpgrade Make(Connection source, string path, int version)
    {
        var backup = $"{path}.v{version}.backup";
        var partial = backup + ".partial";
        try
        {
            RequireSpace(path);
            File.Delete(partial);
            DatabaseFile.CreatePrivate(partial);
            using (var target = Connection.OpenForWriting(partial))
            {
                source.CopyTo(target);

                // Without this it would need files beside it to be read.
                target.Execute("PRAGMA journal_mode = DELETE;");
            }

            Flush(partial);
            File.Move(partial, backup, overwrite: true);
            return new SchemaUpgrade(version, backup);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException or StoreException)
        {
            RemovePartial(partial);
            var cause = error switch
            {
                SqliteException sqlite => SqliteFaults.Translate(sqlite, partial),
                StoreException store => store,
                _ => FileFaults.Translate(error, partial),
            };
            throw new StoreException(
                cause.Fault,
                $"the database {path} has schema version {version} and must be brought to {Migrator.NewestVersion}, but the backup that goes before it "
                + $"could not be made; nothing was changed: {cause.Message}",
                error);
        }
    }

    private static void RequireSpace(string path)
    {
        var size = Length(path) + Length(path + "-wal");
        var needed = (size * CopiesThatMustFit) + Spare;
        var free = new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        if (free < needed)
        {
            throw new StoreException(
                StoreFault.Full,
                $"{Path.GetDirectoryName(path)} has {free >> 20} MiB free and {(needed >> 20) + 1} MiB are needed; free some space and start again");
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void RemovePartial(string partial)
    {
        try
        {
            File.Delete(partial);
            File.Delete(partial + "-journal");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next try replaces it; what matters is why this one failed.
        }
    }
}
