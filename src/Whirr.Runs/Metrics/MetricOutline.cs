using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Whirr.Runs.Metrics;

/// <summary>A metric in bounded memory: buckets of values in the order of the file, each with its extremes, so that no peak is lost.</summary>
/// <remarks>When there are too many buckets, each two neighbours become one, and those that follow are twice as wide.</remarks>
/// <param name="name">Its name.</param>
public sealed class MetricOutline(string name)
{
    /// <summary>The most buckets of a metric; a picture of twice as many columns shows each extreme.</summary>
    public const int MostBuckets = 2048;

    private readonly List<MetricBucket> _buckets = [];
    private long _width = 1;

    public string Name { get; } = name;

    public ReadOnlySpan<MetricBucket> Buckets => CollectionsMarshal.AsSpan(_buckets);

    /// <summary>How many values a new bucket takes.</summary>
    internal long Width => _width;

    /// <summary>All of it in one.</summary>
    public MetricBucket Total
    {
        get
        {
            var total = _buckets[0];
            foreach (var bucket in Buckets[1..])
            {
                total.Add(bucket);
            }

            return total;
        }
    }

    internal void Add(in MetricPoint point, int mostBuckets)
    {
        var buckets = CollectionsMarshal.AsSpan(_buckets);
        if (buckets.Length > 0 && buckets[^1].Count < _width)
        {
            buckets[^1].Add(point);
            return;
        }

        _buckets.Add(MetricBucket.Of(point));
        Shrink(mostBuckets);
    }

    /// <summary>Appends what comes behind this.</summary>
    internal void Add(MetricOutline later, int mostBuckets)
    {
        _buckets.AddRange(later._buckets);
        _width = Math.Max(_width, later._width);
        Shrink(mostBuckets);
    }

    internal void Restore(ReadOnlySpan<byte> buckets, long width)
    {
        CollectionsMarshal.SetCount(_buckets, buckets.Length / Unsafe.SizeOf<MetricBucket>());
        buckets.CopyTo(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_buckets)));
        _width = width;
    }

    private void Shrink(int most)
    {
        while (_buckets.Count > most)
        {
            var buckets = CollectionsMarshal.AsSpan(_buckets);
            var kept = 0;
            for (var at = 0; at < buckets.Length; at += 2, kept++)
            {
                var bucket = buckets[at];
                if (at + 1 < buckets.Length)
                {
                    bucket.Add(buckets[at + 1]);
                }

                buckets[kept] = bucket;
            }

            CollectionsMarshal.SetCount(_buckets, kept);
            _width *= 2;
        }
    }
}
