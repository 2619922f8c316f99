using System.Runtime.InteropServices;
using System.Text;

namespace Whirr.Linux.Users;

/// <summary>A user as the system knows it (passwd(5), through NSS: files, LDAP, sssd).</summary>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Primary group id.</param>
/// <param name="Name">Login name.</param>
/// <param name="Home">Home directory.</param>
/// <param name="Shell">Login shell.</param>
public sealed record UserEntry(uint Uid, uint Gid, string Name, string Home, string Shell);

/// <summary>Looks users up (getpwuid_r(3), getpwnam_r(3)).</summary>
public static partial class UserDatabase
{
    private const int FirstBuffer = 1024;
    private const int LargestBuffer = 1024 * 1024;
    private const int Erange = 34;

    /// <summary>The user with this id; null when there is none, or when it cannot be asked for now.</summary>
    public static unsafe UserEntry? Find(uint uid) =>
        Find((Passwd* entry, byte* buffer, nint size, Passwd** result) => GetPwUid(uid, entry, buffer, size, result));

    /// <summary>The user with this login name; null when there is none.</summary>
    public static unsafe UserEntry? Find(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name + '\0');
        return Find((Passwd* entry, byte* buffer, nint size, Passwd** result) =>
        {
            fixed (byte* pointer = bytes)
            {
                return GetPwNam(pointer, entry, buffer, size, result);
            }
        });
    }

    /// <summary>The login name of a user, or its number in words where it has none.</summary>
    public static string NameOf(uint uid) => Find(uid)?.Name ?? uid.ToString();

    private static unsafe UserEntry? Find(Lookup lookup)
    {
        for (var size = FirstBuffer; size <= LargestBuffer; size *= 4)
        {
            var strings = new byte[size];
            fixed (byte* buffer = strings)
            {
                Passwd entry;
                Passwd* result;
                var error = lookup(&entry, buffer, size, &result);
                if (error == 0)
                {
                    return result is null ? null : new UserEntry(entry.Uid, entry.Gid, Read(entry.Name), Read(entry.Home), Read(entry.Shell));
                }

                if (error != Erange)
                {
                    return null;
                }
            }
        }

        return null;
    }

    private static unsafe string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetPwUid(uint uid, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport("libc", EntryPoint = "getpwnam_r")]
    private static unsafe partial int GetPwNam(byte* name, Passwd* entry, byte* buffer, nint size, Passwd** result);

    private unsafe delegate int Lookup(Passwd* entry, byte* buffer, nint size, Passwd** result);

    /// <summary>struct passwd of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Gecos;
        public byte* Home;
        public byte* Shell;
    }
}
