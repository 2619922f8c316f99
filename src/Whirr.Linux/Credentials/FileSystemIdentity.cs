using Whirr.Linux.Interop;

namespace Whirr.Linux.Credentials;

/// <summary>Lets root use files as a user for a while: with that user's rights and no others (setfsuid(2)).</summary>
/// <remarks>
/// It holds for the calling thread alone, so the block must not await and must end in the thread that began it. Where the ids are those
/// of the thread already (every daemon that is not root) nothing is changed. With the user id of somebody else the kernel also takes
/// the capabilities away that would let root pass over permissions (capabilities(7)).
/// </remarks>
public readonly ref struct FileSystemIdentity
{
    private readonly UserCredentials? _before;

    private FileSystemIdentity(UserCredentials? before) => _before = before;

    /// <summary>Uses files as <paramref name="user"/> until disposed.</summary>
    /// <exception cref="LinuxException">The process may not take that identity.</exception>
    public static FileSystemIdentity Assume(UserCredentials user)
    {
        if (Libc.GetEffectiveUid() != 0)
        {
            return Libc.GetEffectiveUid() == user.Uid ? default : throw new LinuxException($"use files as user {user.Uid}", Errno.Eperm);
        }

        if (user.Uid == 0)
        {
            return default;
        }

        var before = UserCredentials.Current();
        UserCredentials.SetGroups(user.Groups);
        _ = Libc.SetFsGid(user.Gid);
        _ = Libc.SetFsUid(user.Uid);

        // setfsuid(2) tells no failure: ask for an impossible id to learn the one in force.
        if (Libc.SetFsUid(uint.MaxValue) != user.Uid || Libc.SetFsGid(uint.MaxValue) != user.Gid)
        {
            new FileSystemIdentity(before).Dispose();
            throw new LinuxException($"use files as user {user.Uid}", Errno.Eperm);
        }

        return new FileSystemIdentity(before);
    }

    public void Dispose()
    {
        if (_before is null)
        {
            return;
        }

        _ = Libc.SetFsUid(_before.Uid);
        _ = Libc.SetFsGid(_before.Gid);
        UserCredentials.SetGroups(_before.Groups);
        if (Libc.SetFsUid(uint.MaxValue) != _before.Uid)
        {
            // A thread that goes on with the wrong identity is worse than no process.
            Environment.FailFast("cannot return to the identity of the daemon");
        }
    }
}
