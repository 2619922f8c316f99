using System.Text;

namespace Whirr.Bench.Load;

/// <summary>A run that logs one number very often: the least that a row of the Python package has, about 90 bytes.</summary>
internal static class SlimRows
{
    private const int Seed = 20_260_131;
    private const int BufferSize = 1 << 20;

    private static readonly DateTime Start = new(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Makes a run directory with that many rows.</summary>
    public static void Write(string directory, int rows)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "meta.json"), """{"format_version": 1, "name": "long", "status": "running"}""" + "\n");
        Add(directory, 0, rows, new Random(Seed));
    }

    /// <summary>Appends rows.</summary>
    public static void Add(string directory, int first, int count, Random random)
    {
        using var file = new StreamWriter(Path.Combine(directory, "metrics.jsonl"), append: true, new UTF8Encoding(false), BufferSize);
        for (var step = first; step < first + count; step++)
        {
            file.Write($$"""
                {"_idx": {{step}}, "_timestamp": "{{Start.AddMilliseconds(step):yyyy-MM-ddTHH:mm:ss.fffZ}}", "step": {{step}}, "loss": {{random.NextDouble():0.######}}}

                """);
        }
    }
}
