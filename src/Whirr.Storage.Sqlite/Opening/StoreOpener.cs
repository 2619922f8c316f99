using Microsoft.Data.Sqlite;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>Takes possession of a database: looks, locks, looks again, checks, migrates.</summary>
internal static class StoreOpener
{
    // Checkpoints after 4,000 pages and not 1,000: the pages that every commit touches (the ends of the indexes) are written back less often.
    // The log may keep 64 MiB between checkpoints: it is written over, which is cheaper than to grow a new one.
    private const string WriterSettings = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
        PRAGMA cache_size = -8192;
        """;

    /// <summary>Opens the database for writing; makes it when there is none.</summary>
    /// <exception cref="StoreException">Any kind. A database that is refused is left as it is.</exception>
    public static (StoreLock Lock, Connection Writer, SchemaUpgrade? Upgrade) Open(string path)
    {
        if (Path.GetDirectoryName(path) is { } directory && !Directory.Exists(directory))
        {
            throw new StoreException(
                StoreFault.Io, $"the directory {directory} of the database does not exist; create it: mkdir -p -m 700 {directory}");
        }

        // Where nobody holds a lock file yet, a refused database does not get one either.
        if (!File.Exists(StoreLock.PathFor(path)))
        {
            _ = DatabaseFile.Inspect(path, Migrator.NewestVersion);
        }

        var held = StoreLock.Acquire(path);
        try
        {
            var (writer, upgrade) = OpenLocked(path);
            return (held, writer, upgrade);
        }
        catch (SqliteException error)
        {
            held.Dispose();
            throw SqliteFaults.Translate(error, path);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static (Connection Writer, SchemaUpgrade? Upgrade) OpenLocked(string path)
    {
        if (DatabaseFile.Inspect(path, Migrator.NewestVersion))
        {
            IntegrityCheck.RunIfDue(path);
        }
        else
        {
            DatabaseFile.CreatePrivate(path);
        }

        var writer = Connection.OpenForWriting(path);
        try
        {
            var version = Migrator.VersionOf(writer);
            var upgrade = version > 0 && version < Migrator.NewestVersion ? SchemaBackup.Make(writer, path, version) : null;
            Migrator.Run(writer);
            writer.Execute(WriterSettings);
            return (writer, upgrade);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}
