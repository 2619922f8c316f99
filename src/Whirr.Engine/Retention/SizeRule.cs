namespace Whirr.Engine.Retention;

/// <summary>Decides which runs go when all of them together take too much space.</summary>
public static class SizeRule
{
    /// <summary>The oldest ones without which the rest fits.</summary>
    /// <param name="oldestFirst">Jobs and the space that they take, in bytes.</param>
    /// <param name="limit">What all may take.</param>
    public static HashSet<long> FindOverflow(IReadOnlyList<(long Id, long Bytes)> oldestFirst, long limit)
    {
        var sum = oldestFirst.Sum(run => run.Bytes);
        var overflow = new HashSet<long>();
        foreach (var (id, bytes) in oldestFirst)
        {
            if (sum <= limit)
            {
                break;
            }

            sum -= bytes;
            overflow.Add(id);
        }

        return overflow;
    }
}
