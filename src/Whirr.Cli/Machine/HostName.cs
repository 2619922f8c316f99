namespace Whirr.Cli.Machine;

/// <summary>The name of this machine.</summary>
internal static class HostName
{
    /// <summary>As uname(2) has it, with its domain where it was given one; <see cref="Environment.MachineName"/> ends at the first dot.</summary>
    public static string Full
    {
        get
        {
            try
            {
                return File.ReadAllText("/proc/sys/kernel/hostname").TrimEnd('\n');
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Environment.MachineName;
            }
        }
    }
}
