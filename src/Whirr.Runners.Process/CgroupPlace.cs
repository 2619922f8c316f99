using Whirr.KeeperContract;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>The daemon's own directory of cgroup v2, in which every attempt gets a leaf.</summary>
/// <remarks>It can go away under a living daemon: a restart of the unit that delegates takes everything below along, and an administrator can
/// remove a directory that is empty. What is above it belongs to somebody else and is not made here.</remarks>
internal sealed class CgroupPlace
{
    private const uint Mode = 0b111_101_101;

    private readonly string? _root;
    private readonly bool _hasKeepers;

    public CgroupPlace(string? root)
    {
        _root = root;
        _hasKeepers = root is not null && Paths.TryStat(null, KeepersOf(root)) is not null;
    }

    /// <summary>Makes sure that it is there, with the part for keepers where it had one.</summary>
    /// <exception cref="Linux.LinuxException">It cannot be made.</exception>
    public void Prepare()
    {
        if (_root is null)
        {
            return;
        }

        Paths.TryMakeDirectory(null, _root, Mode);
        if (_hasKeepers)
        {
            Paths.TryMakeDirectory(null, KeepersOf(_root), Mode);
        }
    }

    private static string KeepersOf(string root) => $"{root}/{AttemptFiles.KeepersCgroup}";
}
