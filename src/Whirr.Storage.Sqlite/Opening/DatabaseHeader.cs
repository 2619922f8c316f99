using System.Buffers.Binary;
using Whirr.Domain.Ports;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>What the first 100 bytes of a database file say (sqlite.org/fileformat.html, section 1.3).</summary>
/// <remarks>
/// Read without SQLite, which would create files next to the database, or replay and delete a log, before it can be asked anything. The
/// header tells the truth even when a write-ahead log lies beside it, because <see cref="Migrator"/> never changes it through one.
/// </remarks>
/// <param name="SchemaVersion">PRAGMA user_version.</param>
/// <param name="ApplicationId">PRAGMA application_id.</param>
internal readonly record struct DatabaseHeader(int SchemaVersion, int ApplicationId)
{
    private const int Size = 100;

    /// <summary>Reads the header of a file that can be opened for writing; null when there is no file, or an empty one.</summary>
    /// <exception cref="StoreException">Corrupt: not a database. ReadOnly: it cannot be written.</exception>
    public static DatabaseHeader? Read(string path)
    {
        Span<byte> header = stackalloc byte[Size];
        int length;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            length = file.ReadAtLeast(header, Size, throwOnEndOfStream: false);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Translate(error, path);
        }

        if (length == 0)
        {
            return null;
        }

        return length == Size && header.StartsWith("SQLite format 3\0"u8)
            ? new(BinaryPrimitives.ReadInt32BigEndian(header[60..]), BinaryPrimitives.ReadInt32BigEndian(header[68..]))
            : throw new StoreException(
                StoreFault.Corrupt, $"{path} is not a database; it is left as it is: move it away to start with an empty queue");
    }
}
