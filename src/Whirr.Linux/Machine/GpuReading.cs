using System.Globalization;

namespace Whirr.Linux.Machine;

/// <summary>What a GPU does at a moment, as nvidia-smi tells it. What it does not tell is null.</summary>
/// <param name="Index">Its number on this machine, from 0.</param>
/// <param name="Utilization">Percent.</param>
/// <param name="MemoryUsed">MiB.</param>
/// <param name="MemoryTotal">MiB.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="Power">Watts.</param>
public sealed record GpuReading(int Index, double? Utilization, double? MemoryUsed, double? MemoryTotal, double? Temperature, double? Power)
{
    private const int Fields = 6;

    /// <summary>What nvidia-smi is asked.</summary>
    public static IReadOnlyList<string> Question { get; } =
        ["--query-gpu=index,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw", "--format=csv,noheader,nounits"];

    /// <summary>Reads the answer; lines that are none are passed over.</summary>
    public static IReadOnlyList<GpuReading> Parse(string answer)
    {
        var readings = new List<GpuReading>();
        foreach (var row in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = row.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length == Fields && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                readings.Add(new GpuReading(index, Number(fields[1]), Number(fields[2]), Number(fields[3]), Number(fields[4]), Number(fields[5])));
            }
        }

        return readings;
    }

    // "[N/A]" and the like: this GPU does not tell.
    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
