namespace Whirr.Bench.Reporting;

/// <summary>What a figure must reach, and whether it does.</summary>
internal sealed record Target(string Text, bool IsMet)
{
    public static Target AtMost(double value, double limit, string unit) => new($"<= {limit:0.##} {unit}", value <= limit);

    public static Target AtLeast(double value, double limit, string unit) => new($">= {limit:#,0.##} {unit}", value >= limit);
}
