using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary><c>system.jsonl</c> of a run, appended to with the rights of the job's user.</summary>
internal sealed class SystemFile : IDisposable
{
    private const uint Mode = 0b110_110_110;

    private readonly LaunchSpec _spec;
    private readonly Fd _directory;
    private Fd? _file;
    private bool _isTorn;

    private SystemFile(LaunchSpec spec, Fd directory)
    {
        _spec = spec;
        _directory = directory;
    }

    /// <summary>Finds the run directory; the file is made with its first line.</summary>
    /// <exception cref="LinuxException">The run directory cannot be opened.</exception>
    public static SystemFile Begin(LaunchSpec spec)
    {
        using var identity = RunUser.Assume(spec.RunAs);
        return new SystemFile(spec, Fd.Open(spec.RunDir, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow));
    }

    /// <summary>Adds a line. Where that cannot be done now (a full disk, something else in the place of the file) the line is left out.</summary>
    public void TryAppend(ReadOnlySpan<byte> line)
    {
        try
        {
            _file ??= Open();
            if (_isTorn)
            {
                _file?.WriteAll("\n"u8);
            }

            _isTorn = true;
            _file?.WriteAll(line);
            _isTorn = false;
        }
        catch (LinuxException)
        {
            // A part of it may be there. The next one begins on a line of its own.
            return;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _directory.Dispose();
    }

    private Fd? Open()
    {
        using var identity = RunUser.Assume(_spec.RunAs);

        // Not blocking and no links: the job's user can put anything here.
        var file = Fd.OpenAt(
            _directory,
            RunFiles.System,
            OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow | OpenFlags.NonBlocking,
            Mode);
        var facts = file.Stat();
        if (!facts.IsRegular || (_spec.RunAs is { } user && facts.Uid != user.Uid))
        {
            file.Dispose();
            return null;
        }

        // What an earlier attempt left may end in the middle of a line.
        Span<byte> last = stackalloc byte[1];
        _isTorn = facts.Size > 0 && file.ReadAt(facts.Size - 1, last) == 1 && last[0] != '\n';
        return file;
    }
}
