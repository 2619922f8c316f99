using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Cgroups;

/// <summary>Controllers of cgroup v2: what the cgroups below one may be limited in.</summary>
public static class CgroupControllers
{
    public const string Memory = "memory";
    public const string Cpu = "cpu";
    public const string Pids = "pids";

    private const int MaxFileBytes = 1 << 16;

    /// <summary>Lets the children of a cgroup have all of these controllers that can be had. What cannot be passed on is missed, and named,
    /// where a limit is asked for.</summary>
    public static void EnableAll(string directory)
    {
        foreach (var controller in (ReadOnlySpan<string>)[Memory, Cpu, Pids])
        {
            _ = Enable(directory, controller);
        }
    }

    /// <summary>Lets the children of a cgroup have a controller. Where they have it nothing is written.</summary>
    /// <param name="directory">Absolute path of the cgroup. It must have no processes of its own (cgroups(7), "no internal processes").</param>
    /// <param name="controller">Its name.</param>
    /// <returns>Why they cannot have it, for a person; null when they have it.</returns>
    public static string? Enable(string directory, string controller)
    {
        try
        {
            if (Has($"{directory}/cgroup.subtree_control", controller))
            {
                return null;
            }

            if (!Has($"{directory}/cgroup.controllers", controller))
            {
                return IsOfVersion1(controller)
                    ? $"this machine uses cgroup v1 for the {controller} controller"
                    : $"{directory} was given no {controller} controller";
            }

            using var file = Fd.Open($"{directory}/cgroup.subtree_control", OpenFlags.WriteOnly);
            file.WriteAll(Encoding.ASCII.GetBytes($"+{controller}"));
            return null;
        }
        catch (LinuxException e)
        {
            return $"the {controller} controller cannot be switched on: {e.Message}";
        }
    }

    private static bool Has(string list, string controller)
    {
        using var file = Fd.Open(list, OpenFlags.ReadOnly);
        return Encoding.ASCII.GetString(file.ReadAll(MaxFileBytes)).Split([' ', '\n']).Contains(controller);
    }

    /// <summary>Whether a hierarchy of version 1 has it (cgroups(7), /proc/cgroups: a hierarchy number that is not 0).</summary>
    private static bool IsOfVersion1(string controller)
    {
        using var file = Fd.TryOpenAt(null, "/proc/cgroups", OpenFlags.ReadOnly);
        var lines = file is null ? [] : Encoding.ASCII.GetString(file.ReadAll(MaxFileBytes)).Split('\n');
        return lines.Select(line => line.Split('\t')).Any(fields => fields is [var name, not "0", ..] && name == controller);
    }
}
