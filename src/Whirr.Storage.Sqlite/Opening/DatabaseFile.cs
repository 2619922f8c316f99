using Whirr.Domain.Ports;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>The files of a database, looked at before SQLite touches them.</summary>
internal static class DatabaseFile
{
    /// <summary>Makes sure that <paramref name="path"/> is ours to open, and changes nothing.</summary>
    /// <returns>False: there is no database yet, and one may be made.</returns>
    /// <exception cref="StoreException">Newer, Corrupt, ReadOnly or Io.</exception>
    public static bool Inspect(string path, int newestVersion)
    {
        if (DatabaseHeader.Read(path) is not { } header)
        {
            return HasLog(path)
                ? throw new StoreException(
                    StoreFault.Corrupt,
                    $"the database {path} is missing or empty but its log {LogOf(path)} is there; restore it from a backup, or move the log away")
                : false;
        }

        if (header.ApplicationId != Migrator.ApplicationId)
        {
            throw new StoreException(
                StoreFault.Corrupt,
                $"{path} is a database of another program (application id {header.ApplicationId}); it is left as it is: give whirrd another path");
        }

        if (header.SchemaVersion > newestVersion)
        {
            throw new StoreException(
                StoreFault.Newer,
                $"the database {path} has schema version {header.SchemaVersion} and this whirrd knows versions up to {newestVersion}; "
                + "it is left as it is: install the whirrd that wrote it, or a later one");
        }

        return true;
    }

    /// <summary>True when a log is left, so that the last daemon did not close the database.</summary>
    public static bool HasLog(string path) => HasContent(LogOf(path)) || HasContent(path + "-journal");

    /// <summary>Makes an empty file that only its owner can read: environments of jobs hold secrets. SQLite gives its logs the same mode.</summary>
    public static void CreatePrivate(string path)
    {
        try
        {
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Translate(error, path);
        }
    }

    private static string LogOf(string path) => path + "-wal";

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };
}
