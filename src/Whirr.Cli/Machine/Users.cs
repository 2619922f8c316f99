using System.Runtime.InteropServices;

namespace Whirr.Cli.Machine;

/// <summary>The users this machine knows (getpwnam(3)), and the one that calls.</summary>
internal static partial class Users
{
    public const uint Root = 0;

    /// <summary>Held while an entry of the system's is read: the next call overwrites it.</summary>
    private static readonly Lock Entry = new();

    /// <summary>The caller, as the daemon sees it on the socket.</summary>
    public static uint Caller => SysGeteuid();

    /// <summary>True when there is a user of that name.</summary>
    public static bool Exists(string name) => SysGetpwnam(name) != 0;

    /// <summary>The name of a user; <c>uid 1234</c> for one that has none here.</summary>
    public static string Name(uint uid)
    {
        lock (Entry)
        {
            var entry = SysGetpwuid(uid);

            // The name is the first field of struct passwd.
            return entry != 0 && Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry)) is { Length: > 0 } name ? name : $"uid {uid}";
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint SysGeteuid();

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SysGetpwnam(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial nint SysGetpwuid(uint uid);
}
