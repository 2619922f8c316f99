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
/// <param name="ExpectedBytes">Size that the file must have at least; 0 when the header does not know.</param>
internal readonly record struct DatabaseHeader(int SchemaVersion, int ApplicationId, long ExpectedBytes)
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
            ? Parse(header)
            : throw new StoreException(
                StoreFault.Corrupt, $"{path} is not a database; it is left as it is: move it away to start with an empty queue");
    }

    private static DatabaseHeader Parse(ReadOnlySpan<byte> header)
    {
        // 1 stands for 65536, which does not fit.
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        pageSize = pageSize == 1 ? 65_536 : pageSize;

        // The page count is only good if it was written with the last change (version-valid-for = change counter).
        var pagesKnown = header.Slice(24, 4).SequenceEqual(header.Slice(92, 4));
        long pages = pagesKnown ? BinaryPrimitives.ReadUInt32BigEndian(header[28..]) : 0;
        return new(
            BinaryPrimitives.ReadInt32BigEndian(header[60..]),
            BinaryPrimitives.ReadInt32BigEndian(header[68..]),
            pages * pageSize);
    }
}
