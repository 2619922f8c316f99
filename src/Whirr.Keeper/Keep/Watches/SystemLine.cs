using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Whirr.KeeperContract;
using Whirr.Linux.Machine;

namespace Whirr.Keeper.Keep.Watches;

/// <summary>A line of <c>system.jsonl</c>: what machine and job used, over the time since the line before.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="Host">The machine by then.</param>
/// <param name="Job">The job by then.</param>
internal sealed record SystemLine(DateTimeOffset At, HostCounters Host, KeeperMessage.Alive Job)
{
    private const double Megabyte = 1_000_000;
    private const double MicrosecondsPerSecond = 1_000_000;

    /// <summary>The line with its newline, UTF-8.</summary>
    /// <param name="before">The look before; null: none, and what is per second is left out.</param>
    /// <param name="seconds">Between the two looks, by a clock that nobody sets.</param>
    /// <param name="gpus">What nvidia-smi said; empty: nothing.</param>
    public byte[] Write(SystemLine? before, double seconds, string gpus)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("_timestamp"u8, At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            if (before is not null && seconds > 0)
            {
                WriteRates(json, before, seconds);
            }

            if (Host.MemoryBytes > 0)
            {
                WriteNumber(json, "memory_percent", 100.0 * (Host.MemoryBytes - Host.AvailableBytes) / Host.MemoryBytes);
            }

            WriteNumber(json, "process_memory_mb", Job.MemoryBytes / Megabyte);
            WriteGpus(json, gpus);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteRates(Utf8JsonWriter json, SystemLine before, double seconds)
    {
        var (now, then) = (Host, before.Host);
        if (now.CpuTicks - then.CpuTicks is > 0 and var ticks)
        {
            WriteNumber(json, "cpu_percent", Math.Clamp(100.0 * (ticks - (now.IdleTicks - then.IdleTicks)) / ticks, 0, 100));
        }

        // Of one processor: a job that keeps four busy has 400.
        var cpu = (Job.Usage.CpuMicroseconds - before.Job.Usage.CpuMicroseconds) / MicrosecondsPerSecond;
        WriteNumber(json, "process_cpu_percent", Math.Max(0, 100 * cpu / seconds));
        WriteNumber(json, "disk_read_mb_s", Rate(now.DiskReadBytes - then.DiskReadBytes));
        WriteNumber(json, "disk_write_mb_s", Rate(now.DiskWrittenBytes - then.DiskWrittenBytes));
        WriteNumber(json, "network_received_mb_s", Rate(now.NetworkReceivedBytes - then.NetworkReceivedBytes));
        WriteNumber(json, "network_sent_mb_s", Rate(now.NetworkSentBytes - then.NetworkSentBytes));

        // An interface or a disk that was taken away takes its count with it.
        double Rate(long bytes) => Math.Max(0, bytes / Megabyte / seconds);
    }

    private static void WriteGpus(Utf8JsonWriter json, string gpus)
    {
        foreach (var gpu in GpuReading.Parse(gpus))
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, double?)>)
            [
                ("utilization", gpu.Utilization),
                ("memory_used", gpu.MemoryUsed),
                ("memory_total", gpu.MemoryTotal),
                ("temperature", gpu.Temperature),
                ("power_watts", gpu.Power),
            ])
            {
                if (value is { } number)
                {
                    WriteNumber(json, $"gpu_{gpu.Index}_{name}", number);
                }
            }
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, Math.Round(value, 3));
}
