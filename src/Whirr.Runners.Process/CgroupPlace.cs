using Whirr.Domain.Ports;
using Whirr.KeeperContract;
using Whirr.Linux;
using Whirr.Linux.Cgroups;
using Whirr.Linux.Descriptors;

namespace Whirr.Runners.Process;

/// <summary>The daemon's own directory of cgroup v2, in which every attempt gets a leaf.</summary>
/// <remarks>
/// It can go away under a living daemon: a restart of the unit that delegates takes everything below along, and an administrator can
/// remove a directory that is empty. What is above it belongs to somebody else and is not made here.
/// Keepers have a child of their own in it and no process is in the directory itself, so its children may have controllers.
/// </remarks>
internal sealed class CgroupPlace
{
    private const uint Mode = 0b111_101_101;

    private readonly string? _root;
    private readonly string _reason;
    private readonly bool _hasKeepers;
    private volatile bool _isPrepared;
    private RunnerAbilities? _abilities;

    /// <param name="root">Its absolute path; null: there is none.</param>
    /// <param name="reason">Why there is none.</param>
    public CgroupPlace(string? root, string reason)
    {
        _root = root;
        _reason = reason;
        _hasKeepers = root is not null && Paths.TryStat(null, KeepersOf(root)) is not null;
    }

    /// <summary>What can be limited in it. What cannot is looked at again: the unit that delegates may have been just starting.</summary>
    public RunnerAbilities Abilities
    {
        get
        {
            if (_abilities is null || _abilities != RunnerAbilities.All)
            {
                _abilities = new RunnerAbilities
                {
                    NoMemoryLimit = WhyNot(CgroupControllers.Memory, "memory cannot be limited"),
                    NoCpuLimit = WhyNot(CgroupControllers.Cpu, "processor time cannot be limited"),
                    NoPidsLimit = WhyNot(CgroupControllers.Pids, "the number of processes cannot be limited"),
                };
            }

            return _abilities;
        }
    }

    /// <summary>Makes sure that it is there, with the part for keepers where it had one.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public void Prepare()
    {
        if (_root is null)
        {
            return;
        }

        var isNew = Paths.TryMakeDirectory(null, _root, Mode);
        if (_hasKeepers)
        {
            Paths.TryMakeDirectory(null, KeepersOf(_root), Mode);
        }

        if (isNew)
        {
            // The place above may be new as well.
            CgroupControllers.EnableAll(Path.GetDirectoryName(_root)!);
        }

        if (isNew || !_isPrepared)
        {
            CgroupControllers.EnableAll(_root);
            _isPrepared = true;
        }
    }

    private static string KeepersOf(string root) => $"{root}/{AttemptFiles.KeepersCgroup}";

    private string? WhyNot(string controller, string problem)
    {
        if (_root is null)
        {
            return $"{problem} on this machine: {_reason}";
        }

        try
        {
            Prepare();
            return CgroupControllers.Enable(_root, controller) is { } reason ? $"{problem} on this machine: {reason}" : null;
        }
        catch (LinuxException e)
        {
            return $"{problem} on this machine: {e.Message}";
        }
    }
}
