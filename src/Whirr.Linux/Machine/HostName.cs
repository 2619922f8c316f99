using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Machine;

/// <summary>The name of this machine.</summary>
public static class HostName
{
    /// <summary>As uname(2) has it, with its domain where it was given one: what other languages write down. <see cref="Environment.MachineName"/>
    /// ends at the first dot.</summary>
    public static string Full()
    {
        using var file = Fd.Open("/proc/sys/kernel/hostname", OpenFlags.ReadOnly);
        return Encoding.UTF8.GetString(file.ReadAll(4096)).TrimEnd('\n');
    }
}
