namespace Whirr.Cli.Sweeps;

/// <summary>What a sweep file says.</summary>
internal sealed record SweepPlan
{
    /// <summary>The command that the parameters are added to.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    public required IReadOnlyList<SweepParameter> Parameters { get; init; }

    /// <summary>Null: the name of the file.</summary>
    public string? Name { get; init; }

    /// <summary>False: all combinations.</summary>
    public bool IsRandom { get; init; }

    /// <summary>Null: all.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>The same seed draws the same values, whatever <see cref="MaxRuns"/> is.</summary>
    public ulong Seed { get; init; }

    /// <summary>Tags beside the one of the sweep.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Fields of a job file that all jobs get, e.g. <c>time</c>, with the line they stand on.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Values, long Line)> JobFields { get; init; } = [];

    /// <summary>How many runs it makes.</summary>
    public long Count
    {
        get
        {
            if (IsRandom)
            {
                return MaxRuns ?? 0;
            }

            // Past what one submit takes, how far past does not matter.
            var all = Parameters.Aggregate(1L, (count, parameter) => Math.Min(count * parameter.Values.Count, int.MaxValue));
            return Math.Min(all, MaxRuns ?? all);
        }
    }

    /// <summary>The parameters of run <paramref name="index"/>, from 0. In a grid the last parameter changes fastest.</summary>
    public IReadOnlyList<(string Name, SweepValue Value)> Run(long index)
    {
        var run = new (string, SweepValue)[Parameters.Count];
        var rest = index;
        for (var at = Parameters.Count - 1; at >= 0; at--)
        {
            var parameter = Parameters[at];
            if (IsRandom)
            {
                run[at] = (parameter.Name, parameter.At(Place(index, at)));
            }
            else
            {
                run[at] = (parameter.Name, parameter.Values[(int)(rest % parameter.Values.Count)]);
                rest /= parameter.Values.Count;
            }
        }

        return run;
    }

    /// <summary>A number from 0 to 1 (not included) that follows from seed, run and parameter alone.</summary>
    /// <remarks>The finalizer of SplitMix64 (Steele, Lea, Flood 2014), so that a later version of the framework draws the same.</remarks>
    private double Place(long run, int parameter)
    {
        var state = Mix(Mix(Mix(Seed) ^ (ulong)run) ^ (ulong)parameter);
        return (state >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
