using System.Text;
using Whirr.Domain.Jobs;
using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>What the daemon keeps of an attempt outside itself; the names are in <see cref="AttemptFiles"/>.</summary>
internal sealed class AttemptDirectory : IDisposable
{
    private const uint PrivateDirectory = 0b111_000_000;
    private const uint PrivateFile = 0b110_000_000;
    private const int MaxFileBytes = 1 << 20;
    private const int LogTailBytes = 512;

    private readonly Fd _directory;

    private AttemptDirectory(string path)
    {
        Path = path;
        _directory = Fd.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes the directory of a new attempt.</summary>
    /// <remarks>One that is there is a leftover: of another queue, whose numbers began at 1 too. It is removed, or, when a keeper lives in it,
    /// put aside: that keeper goes by its working directory, not by the name.</remarks>
    public static AttemptDirectory Create(string attemptsDir, AttemptKey key)
    {
        var path = PathOf(attemptsDir, key);
        if (!Paths.TryMakeDirectories(path, PrivateDirectory))
        {
            using (var leftover = new AttemptDirectory(path))
            {
                using var held = leftover.TryLock();
                if (held is null)
                {
                    Paths.Rename(null, path, $"{path}.stray-{Guid.CreateVersion7():N}");
                }
                else
                {
                    leftover.Remove();
                }
            }

            Paths.TryMakeDirectory(null, path, PrivateDirectory);
        }

        return new AttemptDirectory(path);
    }

    /// <summary>Opens the directory of an attempt that an earlier daemon claimed; makes it when that daemon did not get so far.</summary>
    public static AttemptDirectory OpenOrCreate(string attemptsDir, AttemptKey key)
    {
        var path = PathOf(attemptsDir, key);
        Paths.TryMakeDirectories(path, PrivateDirectory);
        return new AttemptDirectory(path);
    }

    /// <summary>Removes what attempts left that are not live; one whose keeper still holds its lock is left alone.</summary>
    public static void RemoveAllBut(string attemptsDir, IReadOnlyCollection<AttemptKey> live)
    {
        if (!Directory.Exists(attemptsDir))
        {
            return;
        }

        var kept = live.Select(key => PathOf(attemptsDir, key)).ToHashSet();
        foreach (var path in Directory.EnumerateDirectories(attemptsDir).Where(path => !kept.Contains(path)))
        {
            using var leftover = new AttemptDirectory(path);
            using var held = leftover.TryLock();
            if (held is not null)
            {
                leftover.Remove();
            }
        }
    }

    /// <summary>Takes the lock of the attempt: proof that no keeper lives, and that none can start while it is held.</summary>
    /// <returns>Null: a keeper has it.</returns>
    public Fd? TryLock()
    {
        var file = Fd.OpenAt(_directory, AttemptFiles.Lock, OpenFlags.ReadWrite | OpenFlags.Create, PrivateFile);
        if (file.TryLock())
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Connects to the keeper; null when it does not listen (yet, or any more).</summary>
    public Fd? TryConnect() => UnixStream.TryConnect(_directory, AttemptFiles.ControlSocket);

    /// <summary>Opens the file for the keeper's standard error.</summary>
    public Fd OpenLog() =>
        Fd.OpenAt(_directory, AttemptFiles.Log, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, PrivateFile);

    /// <summary>The exit record; null when there is none of this attempt.</summary>
    public ExitRecord? TryReadExit(AttemptKey key)
    {
        var record = TryRead(AttemptFiles.Exit) is { } bytes ? ExitRecordFormat.Decode(bytes) : null;
        return record is not null && record.JobId == key.JobId && record.Attempt == key.Number && record.LeaseEpoch == key.LeaseEpoch
            ? record
            : null;
    }

    /// <summary>True when the keeper got as far as starting the command, or was about to.</summary>
    public bool HasFacts => Paths.TryStat(_directory, AttemptFiles.Facts) is not null;

    /// <summary>What identifies the processes; null when the keeper did not get so far, or a crash of the machine cut it short.</summary>
    public KeeperFacts? TryReadFacts()
    {
        try
        {
            return TryRead(AttemptFiles.Facts) is { } bytes ? KeeperFacts.Decode(bytes) : null;
        }
        catch (KeeperContractException)
        {
            return null;
        }
    }

    /// <summary>The end of what the keeper said on its standard error, in one line; empty for nothing.</summary>
    public string ReadLogTail()
    {
        using var file = Fd.TryOpenAt(_directory, AttemptFiles.Log, OpenFlags.ReadOnly);
        if (file is null)
        {
            return "";
        }

        Span<byte> buffer = stackalloc byte[LogTailBytes];
        var count = file.ReadAt(Math.Max(0, file.Stat().Size - LogTailBytes), buffer);
        return Encoding.UTF8.GetString(buffer[..count]).Trim().ReplaceLineEndings("; ");
    }

    /// <summary>Gives the attempt up, with the lock held: no keeper will start it any more.</summary>
    public void WriteVoid()
    {
        using var file = Fd.OpenAt(_directory, AttemptFiles.Void, OpenFlags.WriteOnly | OpenFlags.Create, PrivateFile);
        file.Sync();
        _directory.Sync();
    }

    /// <summary>Removes everything. A keeper that starts later finds no directory, and starts nothing.</summary>
    public void Remove() => Directory.Delete(Path, recursive: true);

    public void Dispose() => _directory.Dispose();

    private static string PathOf(string attemptsDir, AttemptKey key) =>
        $"{attemptsDir}/{AttemptFiles.DirectoryName(key.JobId, key.Number)}";

    private byte[]? TryRead(string name)
    {
        using var file = Fd.TryOpenAt(_directory, name, OpenFlags.ReadOnly);
        return file?.ReadAll(MaxFileBytes);
    }
}
