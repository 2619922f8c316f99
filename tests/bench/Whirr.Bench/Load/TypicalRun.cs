using System.Text;

namespace Whirr.Bench.Load;

/// <summary>Run directories as the Python package leaves them: five numbers a row beside step and time, about 160 bytes.</summary>
internal static class TypicalRun
{
    private const int Seed = 20_260_131;
    private const int BufferSize = 1 << 20;

    private static readonly DateTime Start = new(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);

    public static string Id(int number) => $"local-20260131-000000-{number:x6}";

    /// <summary>Writes runs, each with as many rows.</summary>
    /// <returns>Their directories.</returns>
    public static IReadOnlyList<string> WriteMany(string root, int runs, int rows)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, runs).Select(number => Write(Path.Combine(root, Id(number)), number, rows, random))];
    }

    /// <summary>Writes one.</summary>
    /// <returns>Its directory.</returns>
    public static string Write(string directory, int number, int rows, Random? random = null)
    {
        random ??= new Random(Seed);
        Directory.CreateDirectory(directory);
        var started = Start.AddMinutes(number);
        File.WriteAllText(
            Path.Combine(directory, "meta.json"),
            $$$"""
            {"format_version": 1, "run_id": "{{{Path.GetFileName(directory)}}}", "name": "train resnet {{{number}}}", "status": "completed",
             "started_at": "{{{started:yyyy-MM-ddTHH:mm:ss.fffZ}}}", "finished_at": "{{{started.AddMinutes(30):yyyy-MM-ddTHH:mm:ss.fffZ}}}", "exit_code": 0,
             "tags": ["vision", "baseline"], "hostname": "bench", "summary": {"acc": {{{random.NextDouble()}}}, "loss": {{{random.NextDouble()}}}},
             "git_info": {"commit": "0123456789abcdef0123456789abcdef01234567", "branch": "main", "dirty": false}}

            """);
        File.WriteAllText(
            Path.Combine(directory, "config.json"),
            $$"""{"lr": {{random.NextDouble()}}, "epochs": 90, "model": {"name": "resnet", "layers": [64, 64, 128]}, "seed": {{number}}}""" + "\n");
        AddRows(directory, 0, rows, random);
        return directory;
    }

    /// <summary>Appends rows, as a run that goes on.</summary>
    public static void AddRows(string directory, int first, int count, Random random)
    {
        using var file = new StreamWriter(Path.Combine(directory, "metrics.jsonl"), append: true, new UTF8Encoding(false), BufferSize);
        for (var step = first; step < first + count; step++)
        {
            file.Write($$"""{"_idx": {{step}}, "_timestamp": "{{Start.AddMilliseconds(step * 100L):yyyy-MM-ddTHH:mm:ss.fffZ}}", "step": {{step}}, """);
            file.Write($$"""
                "loss": {{random.NextDouble()}}, "acc": {{random.NextDouble()}}, "lr": 0.001, "grad_norm": {{10 * random.NextDouble()}}, "epoch": {{step / 1000}}}

                """);
        }
    }
}
