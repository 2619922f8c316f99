using Whirr.Domain.Ports;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>The right to use a database: an exclusive lock on the file <c>DATABASE.lock</c>, held until disposed.</summary>
/// <remarks>
/// The runtime takes it as flock(2) LOCK_EX, which the kernel drops with the process however that ends, so a lock is never stale. It is a
/// file of its own because SQLite's locks on the database allow a second writer, and because it outlives a database that is replaced.
/// The file is left behind: deleting it would let two daemons lock two files of the same name.
/// </remarks>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>The lock file of a database.</summary>
    public static string PathFor(string database) => database + ".lock";

    /// <exception cref="StoreException">InUse: another daemon has it. ReadOnly, Io: the lock file cannot be made.</exception>
    public static StoreLock Acquire(string database)
    {
        try
        {
            return new StoreLock(new FileStream(PathFor(database), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            }));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Translate(error, database);
        }
    }

    public void Dispose() => _file.Dispose();
}
