using Whirr.Domain.Ports;

namespace Whirr.Engine.Logs;

/// <summary>Finds the last lines of a log, counted as they are read: over what is left out.</summary>
internal static class LogTail
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>A log of whirr has a few. Of a file that somebody filled with more, the holes beyond are not known, which costs it lines.</summary>
    private const int MostParts = 10_000;

    /// <summary>The offset after which <paramref name="lines"/> lines remain; a last line without its newline counts as one.</summary>
    public static long Find(IRunLog log, int lines)
    {
        var remaining = lines;
        var isLast = true;
        var buffer = new byte[BlockBytes];
        var parts = PartsOf(log);
        for (var part = parts.Count - 1; part >= 0; part--)
        {
            var (start, blockEnd) = parts[part];
            while (blockEnd > start)
            {
                var blockStart = Math.Max(start, blockEnd - buffer.Length);
                var read = log.Read(blockStart, buffer.AsSpan(0, (int)(blockEnd - blockStart)));
                for (var i = read - 1; i >= 0; i--)
                {
                    // The newline that ends the last line does not start another.
                    if (buffer[i] == '\n' && !isLast && --remaining == 0)
                    {
                        return blockStart + i + 1;
                    }

                    isLast = false;
                }

                blockEnd = blockStart;
            }
        }

        return 0;
    }

    /// <summary>What is between the holes.</summary>
    private static List<(long Start, long End)> PartsOf(IRunLog log)
    {
        List<(long, long)> parts = [];
        var end = log.Length;
        for (var start = log.FindData(0); start < end;)
        {
            var hole = parts.Count < MostParts ? Math.Min(log.FindHole(start), end) : end;
            parts.Add((start, hole));
            start = Math.Max(log.FindData(hole), start + 1);
        }

        return parts;
    }
}
