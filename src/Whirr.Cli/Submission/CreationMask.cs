namespace Whirr.Cli.Submission;

/// <summary>The file mode creation mask of this process.</summary>
internal static class CreationMask
{
    /// <summary>From the <c>Umask:</c> line of /proc/self/status (proc_pid_status(5), octal): umask(2) could only tell it by changing it.
    /// Null on kernels before 4.7, which do not say.</summary>
    public static uint? OfThisProcess() => Find(File.ReadAllBytes("/proc/self/status"));

    /// <summary>Reads it from the text of a status file.</summary>
    public static uint? Find(ReadOnlySpan<byte> status)
    {
        var at = status.IndexOf("Umask:\t"u8);
        if (at < 0)
        {
            return null;
        }

        var mask = 0u;
        foreach (var digit in status[(at + "Umask:\t".Length)..])
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                break;
            }

            mask = (mask * 8) + digit - '0';
        }

        return mask;
    }
}
