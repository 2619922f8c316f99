using System.Globalization;
using System.Text;
using Whirr.Runs.Metrics;

namespace Whirr.Tests.Runs.Metrics;

public sealed class MetricsReaderTests
{
    private const string Typical = """
        {"_idx": 0, "_timestamp": "2026-01-31T23:59:59.123Z", "step": 10, "loss": 0.5, "acc": 0.6931471805599453}
        {"_idx": 1, "_timestamp": "2026-02-01T00:00:00.001Z", "step": 20, "loss": "NaN", "acc": 1e-05}
        {"_idx": 2, "_timestamp": "2026-02-01T00:00:01.5Z", "loss": -Infinity, "note": "a \"b\" \\ c", "ok": true, "none": null}

        """;

    [Fact]
    public void Axes_and_numbers_are_read()
    {
        var (rows, reader) = Rows.Read(Typical);
        Assert.Equal(3, rows.Count);
        Assert.Equal((3L, 0L, (long)Encoding.UTF8.GetByteCount(Typical)), (reader.Rows, reader.BadLines, reader.Offset));
        Assert.Equal(["_idx", "_timestamp", "acc", "loss", "step"], rows[0].Keys);
        Assert.Equal([0, 1769903999.123, 0.6931471805599453, 0.5, 10], Numbers(rows[0]));
        Assert.Equal([1, 1769904000.001, 1e-05, double.NaN, 20], Numbers(rows[1]));
        Assert.Equal(["_idx", "_timestamp", "loss"], rows[2].Keys);
        Assert.Equal([2, 1769904001.5, double.NegativeInfinity], Numbers(rows[2]));
    }

    [Theory]
    [InlineData("""{"a": {"b": 1, "c": {"d": 2}}, "e.f": 3}""", "a.b=1 a.c.d=2 e.f=3")]
    [InlineData("""{"a": [1, {"b": 2}, [3]], "c": 4}""", "c=4")]
    [InlineData("""{"a": 1, "a": 2}""", "a=2")]
    [InlineData("""{"a": 1, "a": "x"}""", "")]
    [InlineData("""{"a": 1, "a": null, "a": 3}""", "a=3")]
    [InlineData("""{"a": NaN, "b": "nan", "c": inf, "d": "-INF", "e": -Infinity, "f": "Infinity"}""", "a=NaN b=NaN c=Infinity d=-Infinity e=-Infinity f=Infinity")]
    [InlineData("""{"\u0061\n\"": 1, "é🙂": 2}""", "a\n\"=1 é🙂=2")]
    [InlineData("{\t\"a\" :\r1 } \r", "a=1")]
    [InlineData("{}", "")]
    [InlineData("""{"": 1, "x": {"": 2}}""", "=1 x.=2")]
    [InlineData("""{"a": 1e400, "b": -1e400, "c": 1e-400, "d": -0.0}""", "a=Infinity b=-Infinity c=0 d=-0")]
    [InlineData("""{"step": "3", "_idx": 1.5, "_timestamp": 12}""", "_idx=1.5 _timestamp=12")]
    public void A_line_means(string line, string expected)
    {
        // Twice: the second time the line is read by its shape.
        var (rows, reader) = Rows.Read($"{line}\n{line}\n");
        Assert.Equal((2L, 0L), (reader.Rows, reader.BadLines));
        Assert.All(rows, row => Assert.Equal(expected, string.Join(' ', row.Select(each => $"{each.Key}={BitConverter.Int64BitsToDouble(each.Value)}"))));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("1")]
    [InlineData("{\"a\": 1")]
    [InlineData("{\"a\": }")]
    [InlineData("{\"a\": 01}")]
    [InlineData("{\"a\": 1.}")]
    [InlineData("{\"a\": .5}")]
    [InlineData("{\"a\": +1}")]
    [InlineData("{\"a\": 1e}")]
    [InlineData("{\"a\": 1x}")]
    [InlineData("{\"a\": nope}")]
    [InlineData("{\"a\": 1,}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a: 1}")]
    [InlineData("{\"a\": \"\\x\"}")]
    [InlineData("{\"a\": \"\\u12g4\"}")]
    [InlineData("{\"a\": \"\u0001\"}")]
    [InlineData("{\"a\": 1} x")]
    [InlineData("{\"a\": 1}{\"a\": 2}")]
    [InlineData("{\"a\": 1, \"b{\"a\": 1, \"b\": 2}")]
    [InlineData("{\"a\": [1 2]}")]
    [InlineData("\0\0\0")]
    public void A_line_that_is_not_json_is_counted_and_left_out(string line)
    {
        var (rows, reader) = Rows.Read($"{{\"a\": 1}}\n{line}\n{{\"a\": 2}}\n");
        Assert.Equal(2, rows.Count);
        Assert.Equal(1, reader.BadLines);
    }

    [Fact]
    public void A_file_torn_at_any_byte_loses_only_the_torn_line()
    {
        var content = Encoding.UTF8.GetBytes(Typical);
        var (whole, _) = Rows.Read(content);
        for (var length = 0; length <= content.Length; length++)
        {
            var (rows, reader) = Rows.Read(content[..length]);
            var newlines = content.AsSpan(0, length).Count((byte)'\n');
            Assert.InRange(rows.Count, newlines, newlines + 1);
            Assert.Equal(0, reader.BadLines);
            Assert.Equal(whole.Take(rows.Count), rows);
        }
    }

    [Fact]
    public void What_was_torn_is_read_when_the_rest_has_come()
    {
        var content = Encoding.UTF8.GetBytes(Typical);
        var (whole, _) = Rows.Read(content);
        for (var length = 0; length <= content.Length; length++)
        {
            var names = new MetricNames();
            var (reader, rows) = (new MetricsReader(names), new Rows(names));
            rows.ReadOn(reader, content[..length]);
            rows.ReadOn(reader, content);
            Assert.Equal(whole, rows.All);
            Assert.Equal(0, reader.BadLines);
        }
    }

    [Fact]
    public void A_torn_line_and_the_whole_one_glued_to_it_are_one_bad_line()
    {
        var lines = Typical.Split('\n')[..3];
        for (var length = 1; length < lines[0].Length; length++)
        {
            var (rows, reader) = Rows.Read($"{lines[0][..length]}{lines[1]}\n{lines[2]}\n");
            Assert.Equal(1, reader.BadLines);
            Assert.Single(rows);
        }
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_read_and_endless_ones_skipped()
    {
        var names = new MetricNames();
        var (reader, rows) = (new MetricsReader(names), new Rows(names));
        var content = Encoding.UTF8.GetBytes(
            $"{{\"a\": \"{new string('x', 3_000_000)}\", \"b\": 1}}\n{{\"a\": \"{new string('y', MetricsReader.LongestLine)}\"}}\n{{\"b\": 2}}\n");
        rows.ReadOn(reader, content);
        Assert.Equal(2, rows.All.Count);
        Assert.Equal((1L, (long)content.Length), (reader.BadLines, reader.Offset));
    }

    [Fact]
    public void Empty_lines_and_a_byte_order_mark_are_nothing()
    {
        var (rows, reader) = Rows.Read("\uFEFF{\"a\": 1}\r\n\n  \n\r\n{\"a\": 2}\r\n");
        Assert.Equal((2, 0L), (rows.Count, reader.BadLines));
    }

    [Fact]
    public void Deep_nesting_is_a_bad_line_and_no_crash()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        var arrays = "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}";
        Assert.Equal(2, Rows.Read($"{deep}\n{arrays}\n").Reader.BadLines);
    }

    [Fact]
    public void Names_without_end_are_bounded()
    {
        var content = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"metric{i}\": 1, \"step\": {i}}}\n"));
        var (rows, reader) = Rows.Read(content);
        Assert.Equal((20_000, 0L), (rows.Count, reader.BadLines));
        Assert.Equal(["step"], rows[^1].Keys);
    }

    [Theory]
    [InlineData("2026-01-31T23:59:59Z", 1769903999)]
    [InlineData("2026-01-31 23:59:59", 1769903999)]
    [InlineData("2026-01-31T23:59:59.123456789012Z", 1769903999.123456789)]
    [InlineData("2026-02-01T01:59:59.25+02:00", 1769903999.25)]
    [InlineData("2026-01-31T22:29:59-01:30", 1769903999)]
    public void Times_are_read(string text, double expected)
    {
        var (rows, _) = Rows.Read($"{{\"_timestamp\": \"{text}\"}}\n");
        Assert.Equal(expected, BitConverter.Int64BitsToDouble(rows[0]["_timestamp"]), 6);
    }

    [Theory]
    [InlineData("2026-13-31T23:59:59Z")]
    [InlineData("2026-02-30T23:59:59Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2026-01-31T24:59:59Z")]
    [InlineData("2026-01-31T23:59:xxZ")]
    [InlineData("2026-01-31T23:59:59+2")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void What_is_no_time_is_left_out(string text) => Assert.Empty(Rows.Read($"{{\"_timestamp\": \"{text}\"}}\n").Rows[0]);

    [Fact]
    public void Numbers_are_read_to_the_last_bit()
    {
        var random = new Random(20260131);
        for (var i = 0; i < 300_000; i++)
        {
            var number = (i % 4) switch
            {
                0 => random.NextDouble(),
                1 => random.NextDouble() * Math.Pow(10, random.Next(-30, 30)),
                2 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                _ => Math.Round(random.NextDouble() * 100, random.Next(0, 8)),
            };
            if (double.IsFinite(number))
            {
                Check(number.ToString("R", CultureInfo.InvariantCulture));
            }

            Check($"{random.NextInt64()}{(random.Next(2) == 0 ? "." + random.Next() : "")}e{random.Next(-40, 40)}");
        }

        // Halfway between two numbers, and the ends of what fits.
        foreach (var text in new[] { "9007199254740993", "9007199254740992.5", "9007199254740995", "1.00000000000000011102230246251565404", "5e-324", "1.7976931348623157e308", "0.000000000000000000000000000001", "18446744073709551615", "9999999999999999999" })
        {
            Check(text);
        }

        static void Check(string text)
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            Assert.Equal(bytes.Length, JsonNumber.Read(bytes, out var read));
            Assert.True(double.Parse(text, CultureInfo.InvariantCulture).Equals(read), text);
        }
    }

    private static double[] Numbers(SortedDictionary<string, long> row) => [.. row.Values.Select(BitConverter.Int64BitsToDouble)];
}
