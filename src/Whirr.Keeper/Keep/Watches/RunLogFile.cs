using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Descriptors;
using Whirr.Runs;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>The log of the attempt, open beside the job's own descriptors of it.</summary>
/// <remarks>The job's user can put anything in its place at any time. What is open here is the file that the job was started with, whatever it
/// is called later.</remarks>
internal sealed class RunLogFile : IDisposable
{
    private readonly RunIdentity? _user;

    private RunLogFile(Fd file, RunIdentity? user)
    {
        File = file;
        _user = user;
    }

    /// <summary>Not for appending: positions can be written to.</summary>
    public Fd File { get; }

    /// <summary>Opens it with the rights of the job's user.</summary>
    /// <exception cref="LinuxException">It is not there any more, is another file by now, or may not be opened.</exception>
    public static RunLogFile Open(LaunchSpec spec, ulong inode)
    {
        using var identity = RunUser.Assume(spec.RunAs);
        var file = Fd.OpenAt(null, $"{spec.RunDir}/{RunFiles.Log}", OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking);
        if (file.Stat() is { IsRegular: true } facts && facts.Inode == inode && (spec.RunAs is null || facts.Uid == spec.RunAs.Uid))
        {
            return new RunLogFile(file, spec.RunAs);
        }

        file.Dispose();
        throw new LinuxException($"{RunFiles.Log} is not what the job was started with", Errno.Enoent);
    }

    /// <summary>Adds to the end, in one piece, wherever that is by now.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        using var identity = RunUser.Assume(_user);
        using var appending = Fd.Open($"/proc/self/fd/{File.Number}", OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.NonBlocking);
        appending.WriteAll(text);
    }

    public void Dispose() => File.Dispose();
}
