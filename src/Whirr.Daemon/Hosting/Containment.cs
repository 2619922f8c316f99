using System.Security.Cryptography;
using System.Text;
using Whirr.Daemon.Configuration;
using Whirr.KeeperContract;
using Whirr.Linux.Cgroups;

namespace Whirr.Daemon.Hosting;

/// <summary>How the process trees of jobs are held together on this machine.</summary>
/// <param name="CgroupRoot">The delegated cgroup; null for none.</param>
/// <param name="Detail">Why there is none; empty when there is one.</param>
internal sealed record Containment(string? CgroupRoot, string Detail)
{
    /// <summary><c>cgroup</c> or <c>process_group</c>.</summary>
    public string Name => CgroupRoot is null ? "process_group" : "cgroup";

    /// <exception cref="IOException">A cgroup was named in the configuration and cannot be used.</exception>
    public static Containment Choose(DaemonConfig config, uint uid)
    {
        if (config.Cgroup == "off")
        {
            return new Containment(null, "switched off in the configuration (cgroup: off)");
        }

        var named = config.Cgroup != "auto";
        var root = named ? config.Cgroup : null;
        if (root is null)
        {
            var found = CgroupLocator.Find(uid);
            if (found.Root is null)
            {
                return new Containment(null, found.Reason);
            }

            root = found.Root;
        }

        // Several daemons may share a place: each has a directory of its own, named after its state directory.
        var mine = $"{root}/{NameOf(config.StateDir)}";
        try
        {
            Directory.CreateDirectory(mine);
            if (Directory.Exists("/run/systemd/system"))
            {
                Directory.CreateDirectory($"{mine}/{AttemptFiles.KeepersCgroup}");
            }

            return new Containment(mine, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return named
                ? throw new IOException($"the cgroup {root} cannot be used for jobs: {e.Message}", e)
                : new Containment(null, $"the cgroup {root} cannot be used: {e.Message}");
        }
    }

    /// <summary>Removes the directories that <see cref="Choose"/> made, unless keepers or jobs go on in them.</summary>
    public void RemoveIfEmpty()
    {
        if (CgroupRoot is null)
        {
            return;
        }

        foreach (var directory in (string[])[$"{CgroupRoot}/{AttemptFiles.KeepersCgroup}", CgroupRoot])
        {
            try
            {
                // Not recursive: the files of a cgroup cannot be removed, the kernel takes them along.
                Directory.Delete(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or not there: the next daemon of this state directory takes it over.
                continue;
            }
        }
    }

    private static string NameOf(string stateDir) => "whirrd-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stateDir)).AsSpan(0, 6));
}
