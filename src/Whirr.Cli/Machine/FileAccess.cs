using System.Runtime.InteropServices;

namespace Whirr.Cli.Machine;

/// <summary>access(2).</summary>
internal static partial class FileAccess
{
    private const int Write = 2;
    private const int Search = 1;
    private const int Run = 1;

    /// <summary>True when this user may make files in <paramref name="directory"/>.</summary>
    public static bool MayWrite(string directory) => SysAccess(directory, Write | Search) == 0;

    /// <summary>True when this user may run a program.</summary>
    public static bool MayRun(string path) => File.Exists(path) && SysAccess(path, Run) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SysAccess(string path, int mode);
}
