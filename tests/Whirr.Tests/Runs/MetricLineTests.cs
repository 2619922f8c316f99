using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Whirr.Runs;

namespace Whirr.Tests.Runs;

/// <summary>A value that is not finite is found however it is written, and nothing else is taken for one.</summary>
public sealed class MetricLineTests
{
    private static readonly Regex Words = new(@"\A[-+]?(nan|inf|infinity)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [Theory]
    [InlineData("""{"_idx":0,"step":120,"loss":NaN}""", "loss", "NaN", "120")]
    [InlineData("""{"loss":0.1,"acc":Infinity,"step":3}""", "acc", "Infinity", "3")]
    [InlineData("""{"loss": -Infinity }""", "loss", "-Infinity", null)]
    [InlineData("""{"loss":nan}""", "loss", "NaN", null)]
    [InlineData("""{"loss":inf}""", "loss", "Infinity", null)]
    [InlineData("""{"loss":-inf}""", "loss", "-Infinity", null)]
    [InlineData("""{"loss":"NaN"}""", "loss", "NaN", null)]
    [InlineData("""{"loss":"-inf"}""", "loss", "-Infinity", null)]
    [InlineData("""{"loss":1e999}""", "loss", "Infinity", null)]
    [InlineData("""{"loss":-1e999}""", "loss", "-Infinity", null)]
    [InlineData("""{"train":{"loss":[1,2,NaN]},"step":7}""", "train.loss[2]", "NaN", "7")]
    [InlineData("""{"step":1,"train":{"step":9,"loss":NaN}}""", "train.loss", "NaN", "1")]
    [InlineData("""{"lo\u0073s":NaN}""", "loss", "NaN", null)]
    [InlineData("""{"a":NaN,"b":Infinity}""", "a", "NaN", null)]
    public void A_value_that_is_not_finite_is_found(string line, string name, string value, string? step) =>
        Assert.Equal(new NonFiniteMetric(name, value, step), MetricLine.FindNonFinite(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("""{"_idx":0,"_timestamp":"2026-01-31T10:00:00Z","loss":0.5,"acc":-1.5e-7,"ok":true,"none":null}""")]
    [InlineData("""{"NaN":1,"note":"loss is NaN","Infinity":{"inf":2}}""")]
    [InlineData("""{"note":"a \"NaN\" in quotes, {\"loss\":NaN}"}""")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("""["NaN"]""")]
    public void Other_values_and_names_are_not(string line) => Assert.Null(MetricLine.FindNonFinite(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("""{"loss":NaN""")]
    [InlineData("""{"loss":NaN,""")]
    [InlineData("""{"loss":0.{"loss":NaN}""")]
    [InlineData("""{"loss":NaN}{"loss":1}""")]
    [InlineData("""{"loss":NaN "acc":1}""")]
    [InlineData("""{"loss":nano}""")]
    [InlineData("""{loss:NaN}""")]
    [InlineData("{\"lo\u0001ss\":NaN}")]
    public void A_line_that_is_not_whole_says_nothing(string line) => Assert.Null(MetricLine.FindNonFinite(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void A_line_that_is_nested_without_end_says_nothing()
    {
        var line = string.Concat(Enumerable.Repeat("""{"a":""", 100_000)) + "NaN" + new string('}', 100_000);

        Assert.Null(MetricLine.FindNonFinite(Encoding.UTF8.GetBytes(line)));
    }

    [Fact]
    public void Damaged_lines_are_read_without_harm_and_whole_ones_as_a_JSON_reader_reads_them()
    {
        var random = new Random(20261123);
        var seed = Encoding.UTF8.GetBytes("""{"_idx":12,"step":120,"loss":0.25,"t":{"a":[1,-2e3,"NaN"],"b":"x\"y\\"},"ü":true,"n":null,"v":1e-9}""");
        var whole = 0;
        for (var round = 0; round < 200_000; round++)
        {
            var line = seed.AsSpan(0, random.Next(4) == 0 ? random.Next(seed.Length) : seed.Length).ToArray();
            for (var damage = random.Next(4); damage > 0 && line.Length > 0; damage--)
            {
                line[random.Next(line.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : seed[random.Next(seed.Length)];
            }

            var found = MetricLine.FindNonFinite(line);
            if (IsWholeObject(line))
            {
                whole++;
                Assert.Equal(HasNonFinite(line), found is not null);
            }
        }

        Assert.InRange(whole, 1_000, 200_000);
    }

    private static bool IsWholeObject(byte[] line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && HasReadableStrings(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasReadableStrings(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && HasReadableStrings(member.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(HasReadableStrings),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool HasNonFinite(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        return Any(document.RootElement);

        static bool Any(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Any(member => Any(member.Value)),
            JsonValueKind.Array => value.EnumerateArray().Any(Any),
            JsonValueKind.String => Words.IsMatch(value.GetString()!),
            JsonValueKind.Number => !double.IsFinite(value.GetDouble()),
            _ => false,
        };
    }
}
