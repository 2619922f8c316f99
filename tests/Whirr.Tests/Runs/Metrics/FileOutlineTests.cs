using System.Text;
using Whirr.Runs.Metrics;

namespace Whirr.Tests.Runs.Metrics;

public sealed class FileOutlineTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-outline-").FullName;

    private string Metrics => Path.Combine(_place, "metrics.jsonl");

    private string Cache => Path.Combine(_place, "cache");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Each_peak_is_kept_however_many_rows_there_are()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 50_000).Select(_ => random.NextDouble()).ToArray();
        values[12_345] = -7;
        values[43_210] = 9;
        values[777] = double.NaN;
        values[778] = double.PositiveInfinity;
        Write(values);
        var outline = Read();
        var metric = outline.Find("loss")!;
        Assert.InRange(metric.Buckets.Length, MetricOutline.MostBuckets / 2, MetricOutline.MostBuckets);
        var total = metric.Total;
        Assert.Equal((-7.0, 12_345.0), (total.Least.Value, total.Least.Step));
        Assert.Equal((9.0, 43_210.0), (total.Most.Value, total.Most.Step));
        Assert.Equal((50_000L, 2L), (total.Count, total.NotFinite));
        Assert.Equal((values[0], values[^1]), (total.First.Value, total.Last.Value));
        Assert.Equal(values.Where(double.IsFinite).Average(), total.Mean, 9);
        var at = 0;
        foreach (var bucket in metric.Buckets)
        {
            var some = values.AsSpan(at, (int)bucket.Count).ToArray().Where(double.IsFinite).ToList();
            Assert.Equal((some.Min(), some.Max()), (bucket.Least.Value, bucket.Most.Value));
            at += (int)bucket.Count;
        }

        Assert.Equal(values.Length, at);
        Assert.Null(outline.Find("acc"));
    }

    [Fact]
    public void An_outline_of_one_bucket_has_the_same_totals()
    {
        Write(Enumerable.Range(0, 5_000).Select(at => at == 7 ? double.NaN : Math.Sin(at)));
        var coarse = new FileOutline(mostBuckets: 1);
        using (var file = File.OpenHandle(Metrics))
        {
            OutlineReader.ReadOn(file, coarse, 1);
        }

        var (whole, one) = (Read().Find("loss")!.Total, coarse.Find("loss")!.Total);
        Assert.Equal(1, coarse.Find("loss")!.Buckets.Length);
        Assert.Equal((whole.First, whole.Last, whole.Least, whole.Most, whole.Count, whole.NotFinite), (one.First, one.Last, one.Least, one.Most, one.Count, one.NotFinite));
        Assert.Equal(whole.Mean, one.Mean, 12);
    }

    [Fact]
    public void Parts_side_by_side_give_what_one_reader_finds()
    {
        WriteLarge(40 * 1024 * 1024);
        var (one, many) = (Read(), Read(processors: 4));
        Assert.Equal((one.Rows, one.BadLines, one.Offset, one.Start, one.End), (many.Rows, many.BadLines, many.Offset, many.Start, many.End));
        Assert.Equal(one.Metrics.Select(metric => metric.Name), many.Metrics.Select(metric => metric.Name));
        foreach (var (left, right) in one.Metrics.Zip(many.Metrics))
        {
            Assert.Equal((left.Total.First, left.Total.Last, left.Total.Least, left.Total.Most), (right.Total.First, right.Total.Last, right.Total.Least, right.Total.Most));
            Assert.Equal((left.Total.Count, left.Total.NotFinite), (right.Total.Count, right.Total.NotFinite));
            Assert.Equal(left.Total.Mean, right.Total.Mean, 9);
        }
    }

    [Fact]
    public void The_second_time_only_what_is_new_is_read()
    {
        WriteLarge(6 * 1024 * 1024);
        var first = ReadCached();
        Assert.Single(Directory.GetFiles(Cache));

        // What was read before is changed where no fingerprint looks: who still finds the old values has not read it again.
        using (var file = File.OpenWrite(Metrics))
        {
            file.Position = 3 * 1024 * 1024;
            file.Write("garbage\n"u8);
        }

        File.AppendAllText(Metrics, """{"step": 1000000, "loss": -5}""" + "\n");
        var second = ReadCached();
        Assert.Equal((first.Rows + 1, first.BadLines), (second.Rows, second.BadLines));
        Assert.Equal((-5.0, 1000000.0), (second.Find("loss")!.Total.Least.Value, second.Find("loss")!.Total.Last.Step));
        Assert.Equal(first.Find("acc")!.Buckets.ToArray(), second.Find("acc")!.Buckets.ToArray());
    }

    [Theory]
    [InlineData("another file")]
    [InlineData("shorter")]
    [InlineData("new beginning")]
    [InlineData("new end")]
    public void A_file_that_was_written_anew_is_read_anew(string change)
    {
        WriteLarge(6 * 1024 * 1024);
        var first = ReadCached();
        var content = File.ReadAllBytes(Metrics);
        var inode = 2UL;
        switch (change)
        {
            case "another file":
                inode = 3;
                break;
            case "shorter":
                content = content[..(5 * 1024 * 1024)];
                break;
            case "new beginning":
                content[10] = (byte)'7';
                break;
            default:
                content[^2] = (byte)'x';
                break;
        }

        content[3 * 1024 * 1024] = (byte)'\n';
        File.WriteAllBytes(Metrics, content);
        Assert.True(ReadCached(inode).BadLines > first.BadLines);
    }

    [Fact]
    public void A_damaged_cache_is_not_believed()
    {
        WriteLarge(6 * 1024 * 1024);
        var first = ReadCached();
        var path = Directory.GetFiles(Cache)[0];
        var kept = File.ReadAllBytes(path);
        foreach (var at in new[] { 0, 8, 16, 24, 33, 100, kept.Length / 2, kept.Length - 1 })
        {
            var damaged = kept.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Equal(first.Rows, ReadCached().Rows);
            File.WriteAllBytes(path, kept[..at]);
            Assert.Equal(first.Rows, ReadCached().Rows);
        }

        Assert.Equal(kept, File.ReadAllBytes(path));
    }

    [Fact]
    public void Without_a_place_for_the_cache_the_file_is_read_all_the_same()
    {
        WriteLarge(6 * 1024 * 1024);
        File.WriteAllText(Cache, "no directory");
        Assert.Equal(Read().Rows, ReadCached().Rows);
        using var file = File.OpenHandle(Metrics);
        Assert.Equal(Read().Rows, new OutlineCache(null, TimeProvider.System).Read(file, (1, 2), 1).Rows);
    }

    [Fact]
    public void Old_entries_of_the_cache_are_removed()
    {
        Directory.CreateDirectory(Cache);
        var (old, young, large) = (Path.Combine(Cache, "old"), Path.Combine(Cache, "young"), Path.Combine(Cache, "large"));
        File.WriteAllText(old, "");
        File.SetLastWriteTimeUtc(old, DateTime.UnixEpoch);
        File.WriteAllText(young, "");
        using (var file = File.Create(large))
        {
            file.SetLength(OutlineCache.MostBytes);
        }

        File.SetLastWriteTimeUtc(large, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));
        WriteLarge(6 * 1024 * 1024);
        ReadCached();
        Assert.False(File.Exists(old));
        Assert.False(File.Exists(large));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public void Rows_without_a_step_are_counted()
    {
        File.WriteAllText(Metrics, "{\"a\": 1}\n{\"a\": 2, \"_idx\": 7}\n{\"a\": 3, \"step\": 9, \"_idx\": 8}\n");
        Assert.Equal([0.0, 7, 9], Read().Find("a")!.Buckets.ToArray().Select(bucket => bucket.First.Step));
    }

    private void Write(IEnumerable<double> values) => File.WriteAllLines(
        Metrics,
        values.Select((value, at) => $$"""{"_idx": {{at}}, "_timestamp": "2026-01-31T23:59:{{at % 60:00}}.000Z", "step": {{at}}, "loss": {{(double.IsFinite(value) ? value : $"\"{value}\"")}}}"""));

    private void WriteLarge(int bytes)
    {
        var random = new Random(bytes);
        var text = new StringBuilder();
        for (var i = 0; text.Length < bytes; i++)
        {
            text.Append($$"""{"_idx": {{i}}, "_timestamp": "2026-01-31T23:59:{{i % 60:00}}.000Z", "step": {{i * 2}}, "loss": {{random.NextDouble()}}""");
            text.Append(i % 10 == 0 ? ", \"acc\": 0.5" : "").Append(i % 10_000 == 9_999 ? "\n" : "}\n");
        }

        File.WriteAllText(Metrics, text.ToString());
    }

    private FileOutline Read(int processors = 1)
    {
        using var file = File.OpenHandle(Metrics);
        var outline = new FileOutline();
        OutlineReader.ReadOn(file, outline, processors);
        return outline;
    }

    private FileOutline ReadCached(ulong inode = 2)
    {
        using var file = File.OpenHandle(Metrics);
        return new OutlineCache(Cache, TimeProvider.System).Read(file, (1, inode), 1);
    }
}
