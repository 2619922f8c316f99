using System.Runtime.InteropServices;

namespace Whirr.Cli.Machine;

/// <summary>Who owns a file: statx(2), whose structure is the same on every architecture.</summary>
internal static partial class FileOwner
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint WantUid = 0x8;
    private const int Size = 256;
    private const int UidAt = 20;

    /// <summary>User ids of a file and, when it is a symbolic link, of what it leads to. Empty when it is not there or cannot be seen.</summary>
    public static IEnumerable<uint> Of(string path)
    {
        foreach (var flags in (int[])[DoNotFollow, 0])
        {
            if (Uid(path, flags) is { } uid)
            {
                yield return uid;
            }
        }
    }

    private static uint? Uid(string path, int flags)
    {
        Span<byte> facts = stackalloc byte[Size];
        return SysStatx(CurrentDirectory, path, flags, WantUid, ref facts[0]) == 0 ? MemoryMarshal.Read<uint>(facts[UidAt..]) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysStatx(int directory, string path, int flags, uint mask, ref byte facts);
}
