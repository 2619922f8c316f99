using System.Runtime.InteropServices;

namespace Whirr.Cli.Machine;

/// <summary>The terminal behind a descriptor: TIOCGWINSZ(2const).</summary>
internal static partial class Terminal
{
    // The same on x86, ARM and RISC-V, which are the machines .NET runs on with Linux.
    private const nuint GetWindowSize = 0x5413;

    /// <summary>How many characters a line of it has; 0 when it does not say, null when <paramref name="descriptor"/> is no terminal.</summary>
    public static int? Columns(int descriptor)
    {
        var size = default(WindowSize);
        return SysIoctl(descriptor, GetWindowSize, ref size) == 0 ? size.Columns : null;
    }

    /// <summary>How many lines it shows; as <see cref="Columns"/>.</summary>
    public static int? Rows(int descriptor)
    {
        var size = default(WindowSize);
        return SysIoctl(descriptor, GetWindowSize, ref size) == 0 ? size.Rows : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int SysIoctl(int descriptor, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }
}
