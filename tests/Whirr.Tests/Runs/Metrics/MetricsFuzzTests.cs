using System.Text;
using Whirr.Runs.Metrics;

namespace Whirr.Tests.Runs.Metrics;

/// <summary>Mutated files: whatever happened to a file, reading it ends, and what is JSON is read as JSON.</summary>
public sealed class MetricsFuzzTests
{
    private const int Files = 100_000;
    private const int Seed = 20260131;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "\r\n", "NaN", "-Infinity", "\"inf\"", "null", "true", "1e999", "-0", "\\u00", "\\ud83d", "\0", "é", "0.",
        "{\"a\": 1}", "\"step\": 3, ", "\"_timestamp\": \"2026-01-31T23:59:59.123Z\"", "\"x\": {\"y\": 2}", "123456789012345678901234567890", " ", "\uFEFF",
    ];

    [Fact]
    public void Mutated_files_are_read_without_a_crash_and_as_a_json_reader_would()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Files; i++)
        {
            var content = Mutate(Write(random), random);
            var (rows, reader) = Rows.Read(content);
            Assert.Equal(rows.Count, reader.Rows);
            Assert.InRange(reader.Offset, 0, content.Length);
            CheckLines(content, i);
        }
    }

    private static void CheckLines(byte[] content, int file)
    {
        var names = new MetricNames();
        var reader = new LineReader(names);
        foreach (var range in Lines(content))
        {
            var line = content.AsMemory(range);
            var isRead = reader.Read(line.Span);
            if (ReferenceReader.Read(line) is { } expected)
            {
                Assert.True(isRead, $"file {file}: {Encoding.UTF8.GetString(line.Span)}");
                if (expected != ReferenceReader.Undecodable)
                {
                    var row = Rows.Of(reader.Row, names);
                    if (!expected.ContainsKey("_timestamp"))
                    {
                        // The reference knows one form of times only.
                        row.Remove("_timestamp");
                    }

                    Assert.Equal(expected, row);
                }
            }
            else if (isRead)
            {
                var text = Encoding.UTF8.GetString(line.Span);
                Assert.True(text.Contains("nan", StringComparison.OrdinalIgnoreCase) || text.Contains("inf", StringComparison.OrdinalIgnoreCase), text);
            }
        }
    }

    private static IEnumerable<Range> Lines(byte[] content)
    {
        for (var at = 0; at < content.Length;)
        {
            var end = Array.IndexOf(content, (byte)'\n', at) is >= 0 and var newline ? newline : content.Length;
            yield return at..end;
            at = end + 1;
        }
    }

    private static byte[] Write(Random random)
    {
        var text = new StringBuilder();
        var keys = random.Next(1, 5);
        var gap = random.Next(2) == 0 ? " " : "";
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            text.Append($"{{\"_idx\":{gap}{i},{gap}\"_timestamp\":{gap}\"2026-01-31T23:59:{random.Next(60):00}.{random.Next(1000):000}Z\"");
            for (var key = 0; key < keys; key++)
            {
                var value = random.Next(6) switch
                {
                    0 => "\"NaN\"",
                    1 => "\"text \\n \\u0041\"",
                    2 => "{\"y\": 1.5, \"z\": [1, 2]}",
                    3 => random.NextInt64().ToString(),
                    _ => random.NextDouble().ToString("R"),
                };
                text.Append($",{gap}\"m{key}\":{gap}{value}");
            }

            text.Append("}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Mutate(byte[] content, Random random)
    {
        var bytes = content.ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at / 2, Math.Min(random.Next(40), at / 2)));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}
