namespace Whirr.KeeperContract;

/// <summary>A limit for the processes of a job (setrlimit(2)).</summary>
/// <param name="Resource">The kernel's number, e.g. 7 for RLIMIT_NOFILE.</param>
/// <param name="Soft">In the resource's own unit; <see cref="ulong.MaxValue"/> for no limit.</param>
/// <param name="Hard">As <paramref name="Soft"/>, and not below it.</param>
public readonly record struct ResourceLimit(int Resource, ulong Soft, ulong Hard);
