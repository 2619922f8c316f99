using Whirr.Linux.Interop;

namespace Whirr.Linux.Credentials;

/// <summary>The ids that decide what a process may do (credentials(7)).</summary>
/// <param name="Uid">User.</param>
/// <param name="Gid">Group.</param>
/// <param name="Groups">Supplementary groups.</param>
public sealed unsafe record UserCredentials(uint Uid, uint Gid, IReadOnlyList<uint> Groups)
{
    /// <summary>Those of the calling thread (the effective ones).</summary>
    public static UserCredentials Current()
    {
        var count = Libc.GetGroups(0, null);
        var groups = new uint[Math.Max(count, 0)];
        fixed (uint* first = groups)
        {
            if (count < 0 || Libc.GetGroups(count, first) < 0)
            {
                throw LinuxException.Last("getgroups");
            }
        }

        return new UserCredentials(Libc.GetEffectiveUid(), Libc.GetEffectiveGid(), groups);
    }

    /// <summary>Gives the calling thread these ids for good: groups, then gid, then uid, real, effective and saved.</summary>
    /// <remarks>To be followed by execve(2), which makes the calling thread the only one. Other threads keep the old ids until then.</remarks>
    public void Become()
    {
        SetGroups(Groups);
        Check(Libc.Syscall(Libc.Number.SetResGid, (nint)Gid, (nint)Gid, (nint)Gid), $"become group {Gid}");
        Check(Libc.Syscall(Libc.Number.SetResUid, (nint)Uid, (nint)Uid, (nint)Uid), $"become user {Uid}");
    }

    internal static void SetGroups(IReadOnlyList<uint> groups)
    {
        var numbers = new uint[groups.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = groups[i];
        }

        fixed (uint* first = numbers)
        {
            Check(Libc.Syscall(Libc.Number.SetGroups, numbers.Length, (nint)first, 0), "set supplementary groups");
        }
    }

    private static void Check(nint result, string what)
    {
        if (result < 0)
        {
            throw LinuxException.Last(what);
        }
    }
}
