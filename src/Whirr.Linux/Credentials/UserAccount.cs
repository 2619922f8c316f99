using System.Runtime.InteropServices;
using Whirr.Linux.Interop;

namespace Whirr.Linux.Credentials;

/// <summary>An entry of the user database (getpwuid_r(3)).</summary>
/// <param name="Name">Login name.</param>
/// <param name="Home">Home directory.</param>
/// <param name="Shell">Login shell.</param>
public sealed unsafe record UserAccount(string Name, string Home, string Shell)
{
    /// <summary>The entry of a user; null when there is none.</summary>
    public static UserAccount? Find(uint uid)
    {
        for (var size = 1024; ; size *= 4)
        {
            var buffer = new byte[size];
            fixed (byte* memory = buffer)
            {
                Libc.PasswdEntry entry;
                Libc.PasswdEntry* result;
                var error = Libc.GetPwUid(uid, &entry, memory, (nuint)size, &result);
                const int Erange = 34;
                if (error == Erange && size < 1 << 20)
                {
                    continue;
                }

                return error != 0 || result is null ? null : new UserAccount(Text(entry.Name), Text(entry.Home), Text(entry.Shell));
            }
        }
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
