using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Whirr.Cli.Failures;

namespace Whirr.Cli.Machine;

/// <summary>A directory that is held open: names in it mean the same files until the end, whatever is moved about meanwhile.</summary>
/// <remarks>No call follows a symbolic link in the last place, and only regular files are opened: others may write to the directory, and a pipe
/// would let the program wait for ever. Failures are <see cref="IOException"/> with errno(3) as the result code.</remarks>
internal sealed partial class OpenDirectory : IDisposable
{
    // Of x86-64.
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NonBlocking = 0x800;
    private const int MustBeDirectory = 0x1_0000;
    private const int NoFollow = 0x2_0000;
    private const int CloseOnExec = 0x8_0000;
    private const int CurrentDirectory = -100;
    private const int LockAlone = 2 | 4;

    // openat2(2) has no wrapper in the C library.
    private const nint OpenAt2 = 437;
    private const ulong ResolveNoMagicLinks = 2;
    private const ulong ResolveBeneath = 8;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    private readonly SafeFileHandle _handle;

    private OpenDirectory(SafeFileHandle handle) => _handle = handle;

    /// <summary>User that it belongs to.</summary>
    public uint Owner => FileFacts.Of(_handle)?.Uid ?? throw Failure(ErrorNumber.TryAgain);

    /// <summary>Opens it; a link to a directory is refused.</summary>
    /// <exception cref="IOException">It is not there, is no directory, or may not be seen.</exception>
    public static OpenDirectory Open(string path) =>
        new(Check(SysOpenAt(CurrentDirectory, path, MustBeDirectory | NoFollow | CloseOnExec, 0)));

    /// <summary>Takes flock(2) on it, by which those who change the records of a run take turns. Let go of with the directory.</summary>
    /// <returns>False: somebody else has it, and had it for all of <paramref name="patience"/>.</returns>
    public async Task<bool> TryLockAsync(TimeSpan patience, TimeProvider clock)
    {
        var since = clock.GetTimestamp();
        while (SysFlock(Descriptor, LockAlone) != 0)
        {
            if (clock.GetElapsedTime(since) >= patience)
            {
                return false;
            }

            await Task.Delay(LockPause, clock, CancellationToken.None);
        }

        return true;
    }

    /// <summary>Content of a file; null when there is none of that name.</summary>
    /// <exception cref="IOException">It cannot be read, is no regular file, or is larger than <paramref name="most"/> bytes.</exception>
    public byte[]? Read(string name, int most)
    {
        using var file = OpenFile(name);
        if (file is null)
        {
            return null;
        }

        var size = RandomAccess.GetLength(file);
        if (size > most)
        {
            throw Failure(ErrorNumber.TooLarge);
        }

        var content = new byte[size];
        var read = RandomAccess.Read(file, content, 0);
        return content[..read];
    }

    /// <summary>A regular file, for reading; null when there is none of that name.</summary>
    public SafeFileHandle? OpenFile(string name)
    {
        var descriptor = SysOpenAt(Descriptor, name, NoFollow | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.NoSuchFile)
        {
            return null;
        }

        return OnlyRegular(Check(descriptor));
    }

    /// <summary>Puts a file in the place of another in one step: a reader finds the one or the other.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="temporary">Name in the directory that only holders of the lock use.</param>
    /// <param name="content">All of it.</param>
    public void Replace(string name, string temporary, ReadOnlySpan<byte> content)
    {
        // A leftover of somebody who was killed.
        _ = SysUnlinkAt(Descriptor, temporary, 0);
        const int Mode = 0b110_110_110;
        using (var file = Check(SysOpenAt(Descriptor, temporary, WriteOnly | Create | Exclusive | NoFollow | CloseOnExec, Mode)))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        if (SysRenameAt(Descriptor, temporary, Descriptor, name) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A regular file below it, for reading; null when there is none. Links are followed as long as they stay below.</summary>
    /// <exception cref="IOException">It cannot be read; <see cref="ErrorNumber.OtherDevice"/>: it leads out of the directory.</exception>
    public SafeFileHandle? OpenBelow(string path)
    {
        // struct open_how of openat2(2).
        var how = new OpenHow { Flags = NonBlocking | CloseOnExec, Resolve = ResolveBeneath | ResolveNoMagicLinks };
        var descriptor = (int)SysOpenAt2(OpenAt2, Descriptor, path, ref how, (nuint)Marshal.SizeOf<OpenHow>());
        if (descriptor >= 0)
        {
            return OnlyRegular(Check(descriptor));
        }

        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            ErrorNumber.NoSuchFile or ErrorNumber.NotADirectory => null,
            ErrorNumber.NoSuchCall or ErrorNumber.NotPermitted => OpenBelowWithoutLinks(path),
            _ => throw Failure(error),
        };
    }

    /// <summary>For kernels before 5.6 and where the call is filtered: step by step, and no links at all.</summary>
    private SafeFileHandle? OpenBelowWithoutLinks(string path)
    {
        var slash = path.IndexOf('/');
        if (slash < 0)
        {
            return OpenFile(path);
        }

        var descriptor = SysOpenAt(Descriptor, path[..slash], MustBeDirectory | NoFollow | CloseOnExec, 0);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.NoSuchFile)
        {
            return null;
        }

        using var child = new OpenDirectory(Check(descriptor));
        return child.OpenBelowWithoutLinks(path[(slash + 1)..]);
    }

    public void Dispose() => _handle.Dispose();

    private int Descriptor => (int)_handle.DangerousGetHandle();

    private static SafeFileHandle OnlyRegular(SafeFileHandle handle)
    {
        if (FileFacts.Of(handle) is { IsRegular: true })
        {
            return handle;
        }

        handle.Dispose();
        throw Failure(ErrorNumber.Invalid);
    }

    private static SafeFileHandle Check(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(Marshal.GetLastPInvokeError());

    private static IOException Failure(int error) => new(ErrorNumber.Describe(error), error);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysOpenAt(int directory, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SysOpenAt2(nint number, int directory, string path, ref OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int SysFlock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysRenameAt(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysUnlinkAt(int directory, string path, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
