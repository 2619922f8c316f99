using Microsoft.Win32.SafeHandles;

namespace Whirr.Runs.Metrics;

/// <summary>Reads a file into an outline; a large one in parts side by side.</summary>
public static class OutlineReader
{
    private const long SmallestPart = 16 * 1024 * 1024;
    private const int MostParts = 8;

    // A part begins behind a newline; where none comes for so long the parts are joined.
    private const int NewlineWindow = 1024 * 1024;

    /// <summary>Reads what has been added to <paramref name="file"/> since <paramref name="outline"/> was last brought up to date.</summary>
    /// <param name="file">The file.</param>
    /// <param name="outline">Gets it.</param>
    /// <param name="processors">How many parts at a time.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static void ReadOn(SafeFileHandle file, FileOutline outline, int processors)
    {
        var starts = Starts(file, outline.Offset, processors);
        if (starts.Count == 1)
        {
            outline.ReadOn(file);
            return;
        }

        var parts = new FileOutline[starts.Count];
        Parallel.For(0, parts.Length, at =>
        {
            parts[at] = new FileOutline();
            parts[at].ReadOn(file, starts[at], at + 1 < starts.Count ? starts[at + 1] : long.MaxValue);
        });

        // Rows without any step are counted, and only one who reads all of them can do that.
        if (Array.Exists(parts, part => part.HasCountedSteps))
        {
            outline.ReadOn(file);
            return;
        }

        foreach (var part in parts)
        {
            outline.Add(part);
        }
    }

    private static List<long> Starts(SafeFileHandle file, long offset, int processors)
    {
        var length = RandomAccess.GetLength(file);
        var count = Math.Min(Math.Min(processors, MostParts), (length - offset) / SmallestPart);
        var starts = new List<long> { offset };
        for (var part = 1; part < count; part++)
        {
            if (AfterNewline(file, offset + ((length - offset) / count * part)) is { } start && start > starts[^1])
            {
                starts.Add(start);
            }
        }

        return starts;
    }

    private static long? AfterNewline(SafeFileHandle file, long offset)
    {
        var window = new byte[NewlineWindow];
        var read = RandomAccess.Read(file, window, offset);
        var newline = window.AsSpan(0, read).IndexOf((byte)'\n');
        return newline < 0 ? null : offset + newline + 1;
    }
}
