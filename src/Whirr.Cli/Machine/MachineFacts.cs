using System.Runtime.InteropServices;
using Whirr.Linux.Cgroups;

namespace Whirr.Cli.Machine;

/// <summary>Facts about the machine that have no file which a test could make.</summary>
internal sealed partial record MachineFacts
{
    private const int StructureSize = 256;
    private const int StatusAt = 40;
    private const int Unsynchronised = 0x40;

    /// <summary>True: systemd is the init of this machine (sd_booted(3)).</summary>
    public bool HasSystemd { get; init; }

    /// <summary>Whether the kernel's clock is kept by a time service (adjtimex(2), STA_UNSYNC); null: it does not say.</summary>
    public bool? ClockIsKept { get; init; }

    /// <summary>True: a cgroup v2 tree is mounted.</summary>
    public bool HasCgroup2 { get; init; }

    public static MachineFacts OfThisMachine() => new()
    {
        HasSystemd = Directory.Exists("/run/systemd/system"),
        ClockIsKept = IsClockKept(),
        HasCgroup2 = CgroupLocator.FindOwn() is not null,
    };

    // Reading needs no right: modes is 0.
    private static bool? IsClockKept()
    {
        Span<byte> timex = stackalloc byte[StructureSize];
        timex.Clear();
        return SysAdjtimex(ref timex[0]) < 0 ? null : (MemoryMarshal.Read<int>(timex[StatusAt..]) & Unsynchronised) == 0;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int SysAdjtimex(ref byte timex);
}
