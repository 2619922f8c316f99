using System.Text;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Notices;

/// <summary>The last lines of a log, for a message: few, short, and harmless to show.</summary>
public sealed class LogExcerpt(IRunLogs logs)
{
    /// <summary>So much is read from the end of a log.</summary>
    public const int MaxBytes = 8 * 1024;

    private const int LongestLine = 400;

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
            return LastLines(buffer.AsSpan(0, read), isWhole: start == 0, lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [PlainText.OneLine($"(the log cannot be read: {e.Message})", LongestLine)];
        }
    }

    /// <summary>The last lines of a piece of output; of a line that was written over (a progress bar) what was there last.</summary>
    /// <param name="output">The end of a log.</param>
    /// <param name="isWhole">False: it begins within a line, perhaps, which is left out.</param>
    /// <param name="lines">How many.</param>
    public static IReadOnlyList<string> LastLines(ReadOnlySpan<byte> output, bool isWhole, int lines)
    {
        if (!isWhole && output.IndexOf((byte)'\n') is >= 0 and var first)
        {
            output = output[(first + 1)..];
        }

        var found = Encoding.UTF8.GetString(output).TrimEnd('\0', '\r', '\n', ' ').Split('\n').Select(Shown).ToList();
        return found is [""] ? [] : found[^Math.Min(lines, found.Count)..];
    }

    private static string Shown(string line)
    {
        line = line.TrimEnd('\r', ' ');
        return PlainText.OneLine(line[(line.LastIndexOf('\r') + 1)..].Replace("\t", "    ", StringComparison.Ordinal), LongestLine, keepIndent: true);
    }
}
