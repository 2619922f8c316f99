using System.Text.Json;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Output;

/// <summary>What an attempt used, in JSON. What is not known is null.</summary>
internal static class UsageDocument
{
    public static void Write(Utf8JsonWriter json, string name, Usage? usage)
    {
        usage ??= new Usage();
        json.WriteStartObject(name);
        JobDocument.Number(json, "max_rss_bytes", Known(usage.MaxRssBytes));
        JobDocument.Number(json, "peak_tree_bytes", Known(usage.PeakTreeBytes));
        JobDocument.Seconds(json, "cpu_seconds", usage.CpuTime);
        JobDocument.Number(json, "read_bytes", Known(usage.ReadBytes));
        JobDocument.Number(json, "written_bytes", Known(usage.WrittenBytes));
        json.WriteEndObject();
    }

    /// <summary>The object <c>live</c>; null when the job does not run or its keeper has not said yet.</summary>
    public static void WriteLive(Utf8JsonWriter json, LiveUsage? live)
    {
        if (live is null)
        {
            json.WriteNull("live");
            return;
        }

        json.WriteStartObject("live");
        JobDocument.Time(json, "at", live.At);
        JobDocument.Number(json, "memory_bytes", Known(live.MemoryBytes));
        JobDocument.Number(json, "processes", Known(live.Processes));
        UsageDocument.Write(json, "usage", live.Usage);
        json.WriteEndObject();
    }

    private static long? Known(long number) => number > 0 ? number : null;
}
