using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Whirr.Cli.Machine;

/// <summary>What statx(2) says of a file. Its structure is the same on every architecture.</summary>
/// <param name="Uid">User it belongs to.</param>
/// <param name="Mode">Kind and permissions, as in inode(7).</param>
/// <param name="Size">Length, bytes.</param>
/// <param name="OnDisk">Bytes that it takes on the disk; holes take none.</param>
/// <param name="Modified">When its content was last changed.</param>
/// <param name="Identity">Device and inode: no other file of this machine has both.</param>
internal readonly partial record struct FileFacts(uint Uid, int Mode, long Size, long OnDisk, DateTimeOffset Modified, (ulong Device, ulong Inode) Identity)
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const int OfDescriptor = 0x1000;
    private const uint BasicFacts = 0x7ff;
    private const int StructureSize = 256;
    private const int KindMask = 0xf000;

    public bool IsDirectory => (Mode & KindMask) == 0x4000;
    public bool IsRegular => (Mode & KindMask) == 0x8000;
    public bool IsLink => (Mode & KindMask) == 0xa000;

    /// <summary>Of a file, or of a symbolic link itself; null when it is not there or cannot be seen.</summary>
    public static FileFacts? Of(string path) => Read(CurrentDirectory, path, DoNotFollow);

    /// <summary>Of an open file.</summary>
    public static FileFacts? Of(SafeFileHandle handle)
    {
        var held = false;
        handle.DangerousAddRef(ref held);
        try
        {
            return Read((int)handle.DangerousGetHandle(), "", OfDescriptor);
        }
        finally
        {
            handle.DangerousRelease();
        }
    }

    private static FileFacts? Read(int directory, string path, int flags)
    {
        Span<byte> facts = stackalloc byte[StructureSize];
        if (SysStatx(directory, path, flags, BasicFacts, ref facts[0]) != 0)
        {
            return null;
        }

        // Offsets of stx_uid, stx_mode, stx_size, stx_blocks (of 512 bytes), stx_mtime, stx_dev and stx_ino.
        var modified = DateTimeOffset.UnixEpoch
            .AddSeconds(MemoryMarshal.Read<long>(facts[112..]))
            .AddTicks(MemoryMarshal.Read<uint>(facts[120..]) / TimeSpan.NanosecondsPerTick);
        return new FileFacts(
            MemoryMarshal.Read<uint>(facts[20..]),
            MemoryMarshal.Read<ushort>(facts[28..]),
            MemoryMarshal.Read<long>(facts[40..]),
            MemoryMarshal.Read<long>(facts[48..]) * 512,
            modified,
            (MemoryMarshal.Read<ulong>(facts[136..]), MemoryMarshal.Read<ulong>(facts[32..])));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysStatx(int directory, string path, int flags, uint mask, ref byte facts);
}
