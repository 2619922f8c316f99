using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>What a job uses and has used.</summary>
internal static class UsageDetails
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    public static void Add(DetailPage page, Job job, DateTimeOffset now)
    {
        if (job.State == JobState.Running)
        {
            page.Line("Uses now", Now(job.Live, now));
            page.Line("Last sign", job.HeartbeatAt is { } sign && now - sign.ToDateTimeOffset() is var ago && ago > Recent
                ? $"{DurationText.Format(ago)} ago (of its keeper)"
                : "");
        }

        var tree = job.Usage?.PeakTreeBytes ?? 0;
        page.Line("Peak memory", (job.MaxRssBytes, tree) switch
        {
            (0, 0) => "",
            (var process, 0) => ByteCount.Format(process),
            (0, _) => $"{ByteCount.Format(tree)} of all processes",
            var (process, _) => $"{ByteCount.Format(process)} of one process, {ByteCount.Format(tree)} of all with caches",
        });
        page.Line("CPU time", job.CpuTime is { } cpu && job.FinishedAt is not null ? DurationText.Format(cpu.ToTimeSpan()) : "");
        page.Line("Disk", job.Usage is { } usage && (usage.ReadBytes > 0 || usage.WrittenBytes > 0)
            ? $"{ByteCount.Format(usage.ReadBytes)} read, {ByteCount.Format(usage.WrittenBytes)} written"
            : "");
    }

    private static string Now(LiveUsage? live, DateTimeOffset now)
    {
        if (live is null)
        {
            return "";
        }

        var parts = new List<string>();
        if (live.MemoryBytes > 0)
        {
            parts.Add($"memory {ByteCount.Format(live.MemoryBytes)}");
        }

        if (live.Processes > 0)
        {
            parts.Add(live.Processes == 1 ? "1 process" : $"{live.Processes} processes");
        }

        if (live.Usage?.CpuTime is { } cpu)
        {
            parts.Add($"CPU time {DurationText.Format(cpu.ToTimeSpan())}");
        }

        var old = live.At is { } at && now - at.ToDateTimeOffset() is var ago && ago > Recent ? $" ({DurationText.Format(ago)} ago)" : "";
        return parts.Count == 0 ? "" : string.Join(", ", parts) + old;
    }
}
