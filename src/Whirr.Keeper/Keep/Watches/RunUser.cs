using Whirr.KeeperContract;
using Whirr.Linux.Credentials;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Whose rights count in the run directory.</summary>
internal static class RunUser
{
    /// <summary>Uses files as the job's user until disposed; changes nothing when that is the keeper's own (null).</summary>
    public static FileSystemIdentity Assume(RunIdentity? user) =>
        user is null ? default : FileSystemIdentity.Assume(new UserCredentials(user.Uid, user.Gid, user.Groups));
}
