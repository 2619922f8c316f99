using System.Globalization;
using System.Text;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Runners.Process;

/// <summary>What a look at a name in a directory of runs shows.</summary>
internal enum RunSight
{
    /// <summary>No run directory.</summary>
    Nothing,

    /// <summary>A directory of another user.</summary>
    Foreign,
    Run,
}

/// <summary>Tells by their stamps which runs in a directory are as they were: time, size and inode of the files that are read.</summary>
/// <remarks>This is done for every run at every look, so it costs three system calls a run and takes no memory. Not for more than one thread.</remarks>
internal sealed class RunStamps(Fd directory, uint owner, TimeProvider time)
{
    /// <summary>NAME_MAX, bytes.</summary>
    public const int LongestName = 255;

    /// <summary>Begins every stamp. Raise it when more is read from the files than before: then all are read again.</summary>
    private const char Version = '1';

    private const char FreshMark = '?';

    // Two files of up to four numbers of 20 digits, and what is between them.
    private const int LongestStamp = 192;

    /// <summary>Clocks of file systems tick in milliseconds: a file that was changed this recently may be changed again without a new time.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private static readonly byte[] Meta = Encoding.UTF8.GetBytes($"/{RunFiles.Meta}\0");
    private static readonly byte[] Config = Encoding.UTF8.GetBytes($"/{RunFiles.Config}\0");

    private readonly byte[] _path = new byte[LongestName + 32];
    private readonly char[] _stamp = new char[LongestStamp];

    /// <summary>True for a stamp that does not tell whether the run is as it was.</summary>
    public static bool IsFresh(ReadOnlySpan<char> stamp) => stamp.Contains(FreshMark);

    /// <summary>Tells whether there is a run of this name, and its stamp.</summary>
    /// <param name="name">As the directory has it, with a NUL at its end.</param>
    /// <param name="stamp">Valid until the next call.</param>
    /// <exception cref="Linux.LinuxException">It cannot be looked at.</exception>
    public RunSight Look(ReadOnlySpan<byte> name, out ReadOnlySpan<char> stamp)
    {
        stamp = default;
        if (Paths.TryStat(directory, name) is not { IsDirectory: true } entry)
        {
            return RunSight.Nothing;
        }

        if (entry.Uid != owner)
        {
            return RunSight.Foreign;
        }

        var now = time.GetUtcNow();
        if (Paths.TryStat(directory, Join(name, Meta)) is not { } meta)
        {
            return RunSight.Nothing;
        }

        _stamp[0] = Version;
        _stamp[1] = ':';
        var length = 2 + Write(meta, now, _stamp.AsSpan(2));
        _stamp[length++] = '|';
        if (Paths.TryStat(directory, Join(name, Config)) is { } config)
        {
            length += Write(config, now, _stamp.AsSpan(length));
        }

        stamp = _stamp.AsSpan(0, length);
        return RunSight.Run;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> name, ReadOnlySpan<byte> file)
    {
        name[..^1].CopyTo(_path);
        file.CopyTo(_path.AsSpan(name.Length - 1));
        return _path.AsSpan(0, name.Length - 1 + file.Length);
    }

    private static int Write(FileFacts facts, DateTimeOffset now, Span<char> to)
    {
        var isFresh = (now - RunFolder.ModifiedAt(facts)).Duration() < Fresh;
        to.TryWrite(
            CultureInfo.InvariantCulture,
            $"{facts.ModifiedSeconds}.{facts.ModifiedNanoseconds}.{facts.Size}.{facts.Inode}{(isFresh ? "?" : "")}",
            out var length);
        return length;
    }
}
