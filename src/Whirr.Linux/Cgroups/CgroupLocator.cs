using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Cgroups;

/// <summary>Finds the part of the cgroup v2 tree that whirr may use for its jobs.</summary>
/// <remarks>
/// Under systemd every part of the tree has one owner, and a program may only make cgroups below a unit that delegates
/// (<c>Delegate=yes</c>). Jobs must not be below the unit of the daemon, or a restart of the daemon would end them: on a system they go
/// below <c>whirr-jobs.service</c>, for a user below that unit of the user's own manager. A machine without systemd has no such owner:
/// there root makes a directory of its own at the top.
/// </remarks>
public static class CgroupLocator
{
    private const string JobsUnit = "whirr-jobs.service";

    /// <summary>Looks for a usable place on this machine.</summary>
    /// <param name="uid">The user that the keepers run as.</param>
    public static CgroupLocation Find(uint uid)
    {
        var mount = FindMount(File.ReadAllText("/proc/self/mountinfo"));
        if (mount is null)
        {
            return new CgroupLocation(null, "cgroup v2 is not mounted");
        }

        return Directory.Exists("/run/systemd/system") ? BelowSystemd(mount, uid) : AtTop(mount, uid);
    }

    /// <summary>The cgroup of the calling process (proc_pid_cgroup, the line of hierarchy 0); null without cgroup v2.</summary>
    public static string? FindOwn()
    {
        var mount = FindMount(File.ReadAllText("/proc/self/mountinfo"));
        foreach (var line in File.ReadAllLines("/proc/self/cgroup"))
        {
            if (mount is not null && line.StartsWith("0::", StringComparison.Ordinal))
            {
                return mount + line[3..].TrimEnd('/');
            }
        }

        return null;
    }

    /// <summary>Where cgroup v2 is mounted, from the text of proc_pid_mountinfo(5); null when it is not.</summary>
    internal static string? FindMount(string mountInfo)
    {
        foreach (var line in mountInfo.Split('\n'))
        {
            // "36 35 98:0 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw": the type is the first word after the lone hyphen.
            var separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator > 0 && line.AsSpan(separator + 3).StartsWith("cgroup2 "))
            {
                return line.Split(' ')[4];
            }
        }

        return null;
    }

    private static CgroupLocation BelowSystemd(string mount, uint uid)
    {
        var unit = uid == 0
            ? $"{mount}/system.slice/{JobsUnit}"
            : $"{mount}/user.slice/user-{uid}.slice/user@{uid}.service/app.slice/{JobsUnit}";
        return !Directory.Exists(unit)
            ? new CgroupLocation(null, $"{JobsUnit} is not running, so there is no cgroup for jobs")
            : Usable(unit, $"delegated to {JobsUnit}");
    }

    private static CgroupLocation AtTop(string mount, uint uid)
    {
        if (uid != 0)
        {
            return new CgroupLocation(null, "no systemd here delegates a cgroup to this user");
        }

        var root = $"{mount}/whirr";
        try
        {
            Paths.TryMakeDirectory(null, root, 0x1ED);
        }
        catch (LinuxException e)
        {
            return new CgroupLocation(null, $"a cgroup for jobs cannot be made: {e.Message}");
        }

        CgroupControllers.EnableAll(mount);
        return Usable(root, "made by whirr, as no systemd owns the tree");
    }

    private static CgroupLocation Usable(string root, string reason)
    {
        // Whether a cgroup may be made is best learnt by making one.
        var probe = $"{root}/probe-{Environment.ProcessId}";
        try
        {
            Paths.TryMakeDirectory(null, probe, 0x1ED);
            var kills = File.Exists($"{probe}/cgroup.kill");
            Paths.RemoveDirectory(null, probe);
            CgroupControllers.EnableAll(root);
            return kills
                ? new CgroupLocation(root, reason)
                : new CgroupLocation(null, "this kernel has no cgroup.kill (it came with Linux 5.14)");
        }
        catch (LinuxException e)
        {
            return new CgroupLocation(null, $"{root} cannot be used: {e.Message}");
        }
    }
}
