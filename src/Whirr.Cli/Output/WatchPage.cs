using System.Globalization;
using System.Text;
using Whirr.Cli.Runs;
using Whirr.Cli.Syntax;
using Whirr.Linux.Machine;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>The queue at one moment, for somebody who looks at it all day.</summary>
internal static class WatchPage
{
    private const int LongestName = 40;
    private const string GpuGap = "   ";

    // Where the terminal does not say how many lines it has.
    private const int UsualRows = 24;

    /// <summary>What is shown.</summary>
    /// <param name="Info">What the daemon says of itself.</param>
    /// <param name="Running">Allocated, starting and running jobs, oldest first, each with its progress.</param>
    /// <param name="Queued">The first of those that wait, in the order they will start.</param>
    public sealed record Content(InfoReply Info, IReadOnlyList<(Job Job, Progress? Progress)> Running, IReadOnlyList<Job> Queued)
    {
        /// <summary>GPUs of this machine; empty where nobody tells.</summary>
        public IReadOnlyList<GpuReading> Gpus { get; init; } = [];
    }

    /// <summary>Text of the page.</summary>
    /// <param name="output">Tells width and colours.</param>
    /// <param name="content">What to show.</param>
    /// <param name="clock">The time that it is about.</param>
    /// <param name="rows">Lines that there are; null: as many as it takes.</param>
    public static string Format(TextOutput output, Content content, TimeProvider clock, int? rows)
    {
        using var buffer = new MemoryStream();
        var page = new TextOutput(buffer, output.Colours, () => output.Width);
        var now = clock.GetUtcNow();
        var info = content.Info;
        var time = TimeZoneInfo.ConvertTime(now, clock.LocalTimeZone).ToString("HH:mm:ss");
        page.WriteLine(output.Paint($"{info.Running} of {info.Slots} slots in use, {info.Queued} queued", Colour.Bold) + $"  {output.Paint(time, Colour.Faint)}");
        foreach (var notice in DaemonNotices.Of(info, clock))
        {
            page.WriteLine(output.Paint(Fit(notice, output, rows), Colour.Yellow));
        }

        foreach (var line in GpuLines(content.Gpus, output.Width ?? 0))
        {
            page.WriteLine(Fit(line, output, rows));
        }

        if (content.Running.Count > 0)
        {
            page.WriteLine("");
            Running(content.Running, clock).Write(page);
        }

        if (content.Queued.Count > 0)
        {
            page.WriteLine("");
            Queued(content.Queued, now).Write(page);
        }

        var lines = Encoding.UTF8.GetString(buffer.ToArray()).TrimEnd('\n').Split('\n');
        var most = MostLines(rows);
        if (lines.Length > most)
        {
            lines = [.. lines.Take(most - 1), Fit($"... {info.Running} running and {info.Queued} queued in all: `whirrctl status`", output, rows)];
        }

        return string.Join('\n', lines) + "\n";
    }

    /// <summary>As many GPUs in a line as fit.</summary>
    private static List<string> GpuLines(IReadOnlyList<GpuReading> gpus, int width)
    {
        var lines = new List<string>();
        foreach (var gpu in gpus.Select(Describe))
        {
            if (lines.Count > 0 && lines[^1].Length + GpuGap.Length + gpu.Length <= width)
            {
                lines[^1] += GpuGap + gpu;
            }
            else
            {
                lines.Add(gpu);
            }
        }

        return lines;
    }

    private static string Describe(GpuReading gpu)
    {
        var memory = (gpu.MemoryUsed, gpu.MemoryTotal) switch
        {
            ({ } used, { } total) => $"{Gibibytes(used)}/{Gibibytes(total)} GiB",
            ({ } used, null) => $"{Gibibytes(used)} GiB",
            _ => "- GiB",
        };
        return $"GPU {gpu.Index} {Whole(gpu.Utilization),3} % {memory} {Whole(gpu.Temperature)} °C";
    }

    private static string Gibibytes(double mebibytes) => (mebibytes / 1024).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Whole(double? number) => number is { } value ? value.ToString("0", CultureInfo.InvariantCulture) : "-";

    /// <summary>A line that would go on in the next one moves all below it.</summary>
    private static string Fit(string line, TextOutput output, int? rows) => rows is not null && output.Width is { } width ? SafeText.Cut(line, width) : line;

    private static int MostLines(int? rows)
    {
        // One line is left for the cursor.
        return rows is null ? int.MaxValue : Math.Max(2, (rows is 0 ? UsualRows : rows.Value) - 1);
    }

    private static Table Running(IReadOnlyList<(Job Job, Progress? Progress)> jobs, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var table = new Table("ID", "NAME", "STATE", "RUNTIME", "PROGRESS", "LEFT", "USER") { Shrinks = "NAME", Dispensable = ["USER", "PROGRESS"] };
        foreach (var (job, progress) in jobs)
        {
            table.Add(
                new($"{job.Id}", Right: true),
                new(SafeText.Cut(SafeText.Escape(job.Name), LongestName)),
                new(JobList.State(job, now), Colours.Of(job.State)),
                new(Times.Runtime(job, now) is { } span ? DurationText.Format(span) : "-"),
                new(progress?.ToString() ?? "-"),
                new(progress?.Left is { } left ? DurationText.Format(left) : "-"),
                new(job.Owner));
        }

        return table;
    }

    private static Table Queued(IReadOnlyList<Job> jobs, DateTimeOffset now)
    {
        var table = new Table("ID", "NAME", "STATE", "WAITING", "USER") { Shrinks = "NAME", Dispensable = ["USER"] };
        foreach (var job in jobs)
        {
            table.Add(
                new($"{job.Id}", Right: true),
                new(SafeText.Cut(SafeText.Escape(job.Name), LongestName)),
                new(JobList.State(job, now)),
                new(job.CreatedAt is { } created ? DurationText.Format(now - created.ToDateTimeOffset()) : "-"),
                new(job.Owner));
        }

        return table;
    }
}
