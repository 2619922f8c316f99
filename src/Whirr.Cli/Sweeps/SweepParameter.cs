namespace Whirr.Cli.Sweeps;

/// <summary>How values of a parameter are drawn.</summary>
internal enum Distribution
{
    /// <summary>All values from min to max are as likely.</summary>
    Uniform,

    /// <summary>All orders of magnitude are.</summary>
    LogUniform,

    /// <summary>All whole numbers from min to max, both included.</summary>
    IntUniform,
}

/// <summary>A parameter of a sweep: a list of values, or a distribution.</summary>
/// <param name="Name">Key in the configuration, and option of the program.</param>
/// <param name="Values">The values; empty when they are drawn.</param>
internal sealed record SweepParameter(string Name, IReadOnlyList<SweepValue> Values)
{
    public Distribution Distribution { get; init; }
    public double Min { get; init; }
    public double Max { get; init; }

    public bool IsDrawn => Values.Count == 0;

    /// <summary>The value at <paramref name="place"/>, 0 to 1 (not included), of all that are possible.</summary>
    public SweepValue At(double place) => this switch
    {
        { IsDrawn: false } => Values[(int)(place * Values.Count)],
        { Distribution: Distribution.IntUniform } => SweepValue.Of((long)(Min + Math.Floor(place * (Max - Min + 1)))),
        { Distribution: Distribution.LogUniform } => SweepValue.Drawn(Math.Exp(Math.Log(Min) + (place * (Math.Log(Max) - Math.Log(Min))))),
        _ => SweepValue.Drawn(Min + (place * (Max - Min))),
    };
}
