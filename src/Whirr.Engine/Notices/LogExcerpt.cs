using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>The last lines of a log, for a message: few, short, and harmless to show.</summary>
public sealed class LogExcerpt(IRunLogs logs)
{
    /// <summary>So much is read from the end of a log.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>The last lines of a job's output, as its owner may read it. When it cannot be read one line says so.</summary>
    public IReadOnlyList<string> Read(Job job, int lines)
    {
        if (job.Attempt?.RunDir is not { } runDir || lines == 0)
        {
            return [];
        }

        try
        {
            using var log = logs.Open(job.Owner, runDir);
            if (log is null)
            {
                return [];
            }

            var buffer = new byte[MaxBytes];
            var start = Math.Max(0, log.Length - MaxBytes);
            var read = log.Read(start, buffer);
            return PlainText.LastLines(buffer.AsSpan(0, read), isWhole: start == 0, lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [PlainText.OneLine($"(the log cannot be read: {e.Message})")];
        }
    }
}
