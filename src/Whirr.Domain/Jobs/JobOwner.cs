namespace Whirr.Domain.Jobs;

/// <summary>The user a job belongs to and runs as, as the kernel reported the submitter (SO_PEERCRED, SO_PEERGROUPS).</summary>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Primary group id.</param>
/// <param name="Groups">Supplementary group ids.</param>
/// <param name="Name">Login name at submit; the number in words when the user has none.</param>
public sealed record JobOwner(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Name)
{
    /// <summary>True when this user may see and end the jobs of <paramref name="ownerUid"/>.</summary>
    public bool MayControl(uint ownerUid) => Uid == 0 || Uid == ownerUid;
}
