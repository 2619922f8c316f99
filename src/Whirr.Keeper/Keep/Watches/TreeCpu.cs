using Whirr.Linux;
using Whirr.Linux.Descriptors;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>Processor time of a job.</summary>
internal static class TreeCpu
{
    /// <summary>Of those that have ended and of those that live.</summary>
    public static long Microseconds(JobTree tree) => tree.CpuMicroseconds + TreeProcesses.List().Sum(process => Of(process.Pid));

    private static long Of(int pid)
    {
        try
        {
            using var file = Fd.Open($"/proc/{pid}/stat", OpenFlags.ReadOnly);
            Span<byte> bytes = stackalloc byte[1024];
            var text = System.Text.Encoding.Latin1.GetString(bytes[..Math.Max(0, file.Read(bytes))]);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return 10_000 * fields[11..15].Sum(long.Parse);
        }
        catch (LinuxException)
        {
            return 0;
        }
    }
}
