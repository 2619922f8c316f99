using System.Text;
using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;
using Whirr.Runs;

namespace Whirr.Tests.Runs;

/// <summary>Mutated records of runs: whatever happened to one, reading it ends, and what is JSON is read as JSON.</summary>
public sealed class MetaFuzzTests
{
    private const int Files = 100_000;
    private const int Seed = 20260131;

    private const string Meta = """
        {"format_version": 1, "run_id": "local-20260131-235959-a1b2c3", "name": "tr\u00e4in", "status": "finished",
          "started_at": "2026-01-31T23:59:59.123Z", "finished_at": "2026-02-01T01:00:01.5+01:00", "duration_seconds": 2.377,
          "tags": ["a", "b c"], "summary": {"loss": NaN, "acc": 0.5}, "other": {"deep": [1, {"x": null}]},
          "git_info": {"commit": "abc", "branch": "main", "dirty": true, "remote_url": "x"}, "hostname": "gpu1", "user": "ada", "job_id": 7,
          "job_uid": "0195c5a0-0000-7000-8000-000000000001", "attempt": 2, "exit_code": -1, "reason": "exit_code", "note": "n", "pid": 4711}
        """;

    private const string Config = """{"lr": 0.1, "layers": [64, {"a": null}], "data": "x\u00e4\n", "nan": NaN}""";

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", "NaN", "-Infinity", "null", "true", "1e999", "-0", "\\u00", "\\ud83d", "\0", "é", "0.", "{\"a\": 1}",
        "\"status\": 3, ", "\"tags\": 7,", "\"exit_code\": 1e300,", "123456789012345678901234567890", new('[', 3_000), " ", "\uFEFF", "\"9999-99-99T99:99:99Z\"",
    ];

    [Fact]
    public void Mutated_records_are_read_without_a_crash_and_what_is_wrong_with_them_is_said()
    {
        var random = new Random(Seed);
        var damaged = 0;
        for (var i = 0; i < Files; i++)
        {
            var content = Mutate(Meta, random);
            var facts = RunMetaReader.Read(content);
            damaged += facts.Problem is null ? 0 : 1;
            if (!IsObject(content))
            {
                Assert.True(facts.Problem is not null, $"file {i}: {Encoding.UTF8.GetString(content)}");
            }

            // What the index makes of it, and what the store is given.
            var entry = RunEntries.Compose(new JobOwner(1, 1, [], "ada"), "/runs", "job-7", facts, null, null, facts.IsUnended ? default(RunVerdict) : null);
            Assert.False(string.IsNullOrEmpty(entry.Name), $"file {i}");
            if (facts.SummaryJson is { } summary)
            {
                using var parsed = JsonDocument.Parse(summary);
                Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
            }
        }

        Assert.InRange(damaged, Files / 4, Files - 1);
    }

    [Fact]
    public void Mutated_configurations_are_one_object_or_none()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Files; i++)
        {
            var config = RunConfigReader.Read(Mutate(Config, random), out var problem);
            Assert.True((config is null) != (problem is null), $"file {i}: {config}, {problem}");
            if (config is not null)
            {
                using var parsed = JsonDocument.Parse(config);
                Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
            }
        }
    }

    /// <summary>As a JSON reader that knows no bare words sees it; what has them is not judged here.</summary>
    private static bool IsObject(byte[] content)
    {
        try
        {
            using var parsed = JsonDocument.Parse(Encoding.UTF8.GetString(content).Replace("NaN", "0", StringComparison.Ordinal).Replace("-Infinity", "0", StringComparison.Ordinal).TrimStart('\uFEFF'));
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Mutate(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2 when random.Next(4) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}
