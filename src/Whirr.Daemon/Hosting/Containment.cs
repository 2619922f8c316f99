using Whirr.Daemon.Configuration;
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
    public static Containment Choose(DaemonConfig config) => throw new IOException(config.Cgroup);
}
