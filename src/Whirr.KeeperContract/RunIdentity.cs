namespace Whirr.KeeperContract;

/// <summary>The credentials that a job runs with.</summary>
/// <param name="Uid">Real, effective and saved user id.</param>
/// <param name="Gid">Real, effective and saved group id.</param>
/// <param name="Groups">Supplementary groups, at most 65,536.</param>
public sealed record RunIdentity(uint Uid, uint Gid, IReadOnlyList<uint> Groups);
