using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Linux.Descriptors;
using Whirr.Runners.Process;

namespace Whirr.Tests.Runners;

/// <summary>A log as a reader of whirr sees it, and as the disk does.</summary>
internal static class LogFile
{
    public static FileFacts Facts(string path)
    {
        using var file = Fd.Open(path, OpenFlags.ReadOnly);
        return file.Stat();
    }

    /// <summary>All that can be read, over what is left out.</summary>
    public static string Read(JobOwner owner, string runDir)
    {
        using var logs = new RunLogs(systemMode: false);
        using var log = logs.Open(owner, runDir)!;
        using var text = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (var at = log.FindData(0); at < log.Length; at = log.FindData(at))
        {
            var count = log.Read(at, buffer);
            text.Write(buffer, 0, count);
            at += count;
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
