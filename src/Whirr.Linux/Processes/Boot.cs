using System.Text;
using Whirr.Linux.Descriptors;

namespace Whirr.Linux.Processes;

/// <summary>The running boot of this machine.</summary>
public static class Boot
{
    private static string? _id;

    /// <summary>A random id made anew at each boot (proc_sys_kernel(5), random/boot_id).</summary>
    public static string Id => _id ??= Encoding.ASCII.GetString(ReadFile("/proc/sys/kernel/random/boot_id")).TrimEnd('\n');

    /// <summary>When the machine was booted, by its clock of today (proc_stat(5), btime); whole seconds.</summary>
    public static DateTimeOffset Time()
    {
        var text = Encoding.ASCII.GetString(ReadFile("/proc/stat"));
        const string Key = "\nbtime ";
        var start = text.IndexOf(Key, StringComparison.Ordinal) + Key.Length;
        var end = text.IndexOf('\n', start);
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(text.AsSpan(start, end - start)));
    }

    private static byte[] ReadFile(string path)
    {
        using var file = Fd.Open(path, OpenFlags.ReadOnly);
        return file.ReadAll(1 << 22);
    }
}
