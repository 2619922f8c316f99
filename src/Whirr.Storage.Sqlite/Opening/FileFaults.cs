using Whirr.Domain.Ports;

namespace Whirr.Storage.Sqlite.Opening;

/// <summary>What an error of the file system means for the database (errno(3), Linux numbers).</summary>
internal static class FileFaults
{
    private const int WouldBlock = 11;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

    public static StoreException Translate(Exception error, string database) => error switch
    {
        UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystem } => new(
            StoreFault.ReadOnly,
            $"the database {database} cannot be written ({error.Message}); check the permissions of the file, its directory and its file system",
            error),
        IOException { HResult: WouldBlock } => new(
            StoreFault.InUse,
            $"the database {database} is in use by another whirrd; stop that one first, or give this one a state directory of its own",
            error),
        IOException { HResult: NoSpace or QuotaExceeded } => new(
            StoreFault.Full, $"no space left for the database {database}; free some space and start again", error),
        _ => new(StoreFault.Io, $"the database {database} cannot be opened: {error.Message}", error),
    };
}
