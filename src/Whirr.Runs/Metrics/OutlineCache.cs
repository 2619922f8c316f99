using Microsoft.Win32.SafeHandles;

namespace Whirr.Runs.Metrics;

/// <summary>Outlines of large files, kept from one time to the next so that only what is new has to be read.</summary>
/// <remarks>
/// It lies in a directory of the reader's own, never in the run's, which may be somebody else's. Everything about it may fail, and then the
/// file is read anew. Damaged and outdated entries are not believed.
/// </remarks>
/// <param name="directory">Where it lies; made when it is needed. Null: nothing is kept.</param>
/// <param name="clock">Tells the age of entries.</param>
public sealed class OutlineCache(string? directory, TimeProvider clock)
{
    /// <summary>Entries are removed, the oldest first, when together they are larger.</summary>
    public const long MostBytes = 128 * 1024 * 1024;

    // Reading so much takes no time that anybody notices.
    private const long WorthKeeping = 4 * 1024 * 1024;

    private static readonly TimeSpan LongestUnused = TimeSpan.FromDays(30);

    /// <summary>The outline of a file as it is now.</summary>
    /// <param name="file">The file.</param>
    /// <param name="identity">Its device and inode.</param>
    /// <param name="processors">How many parts of it may be read at a time.</param>
    /// <param name="mostBuckets">Of a small file, which is not kept: the most buckets of a metric.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FileOutline Read(SafeFileHandle file, (ulong Device, ulong Inode) identity, int processors, int mostBuckets = MetricOutline.MostBuckets)
    {
        var isLarge = directory is not null && RandomAccess.GetLength(file) >= WorthKeeping;
        var path = isLarge ? Path.Combine(directory!, $"{identity.Device:x}-{identity.Inode:x}.outline") : null;
        var outline = (path is null ? null : Load(path, file, identity)) ?? new FileOutline(isLarge ? MetricOutline.MostBuckets : mostBuckets);
        var before = outline.Offset;
        OutlineReader.ReadOn(file, outline, processors);
        if (path is not null && outline.Offset - before >= WorthKeeping)
        {
            Keep(path, OutlineFile.Write(outline, file, identity));
        }

        return outline;
    }

    private FileOutline? Load(string path, SafeFileHandle file, (ulong Device, ulong Inode) identity)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= OutlineFile.Largest * 2L } entry)
            {
                return null;
            }

            var outline = OutlineFile.Read(File.ReadAllBytes(path), file, identity);
            entry.LastWriteTimeUtc = clock.GetUtcNow().UtcDateTime;
            return outline;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private void Keep(string path, byte[]? content)
    {
        if (content is null)
        {
            return;
        }

        var draft = $"{path}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(directory!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            RemoveOld(content.Length);
            File.WriteAllBytes(draft, content);
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(draft);
        }
    }

    private void RemoveOld(long more)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var total = more;
        foreach (var entry in new DirectoryInfo(directory!).EnumerateFiles().OrderByDescending(entry => entry.LastWriteTimeUtc).ToList())
        {
            total += entry.Length;
            if (total > MostBytes || now - entry.LastWriteTimeUtc > LongestUnused)
            {
                TryDelete(entry.FullName);
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays, and the next one tries again.
        }
    }
}
