using System.Text;
using System.Text.Json;
using Whirr.Cli.Failures;
using Whirr.Cli.Machine;
using Whirr.Protocol.V1;
using Whirr.Runs;

namespace Whirr.Cli.Runs;

/// <summary>How far running jobs are, read from their files with the rights of the caller.</summary>
internal static class LiveProgress
{
    private const int TailBytes = 64 * 1024;

    /// <summary>Null when the files of the job tell nothing, or may not be read.</summary>
    public static Progress? Of(Job job, DateTimeOffset now)
    {
        if (job.RunDir.Length == 0)
        {
            return null;
        }

        try
        {
            using var directory = OpenDirectory.Open(job.RunDir);
            using var file = directory.OpenFile(RunFiles.Metrics);
            if (file is null)
            {
                return null;
            }

            var size = RandomAccess.GetLength(file);
            var tail = new byte[Math.Min(size, TailBytes)];
            var read = RandomAccess.Read(file, tail, size - tail.Length);
            using var config = JsonDocument.Parse(job.ConfigJson.Length == 0 ? "{}" : job.ConfigJson);
            var lines = Encoding.UTF8.GetString(tail, 0, read).Split('\n');
            return config.RootElement.ValueKind == JsonValueKind.Object ? Progress.Of(lines, config.RootElement, now) : null;
        }
        catch (Exception exception) when (FileProblem.Is(exception) || exception is JsonException)
        {
            // A table of all jobs is worth more than the progress of one.
            return null;
        }
    }
}
