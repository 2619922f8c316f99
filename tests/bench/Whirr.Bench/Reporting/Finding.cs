namespace Whirr.Bench.Reporting;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Figure">What came out.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Finding(string What, double Figure, string Unit)
{
    /// <summary>The peer or limit that was measured in the same run.</summary>
    public Peer? Against { get; init; }

    /// <summary>Figure over peer; null when there is no peer, or it needed nothing.</summary>
    public double? Ratio => Against is { Figure: > 0 } ? Figure / Against.Figure : null;

    /// <summary>Null: nothing is asked of it.</summary>
    public Target? MustReach { get; init; }

    /// <summary>What the figure was taken from; null when there is only the figure.</summary>
    public Sample? Sample { get; init; }
}

/// <summary>The same, of somebody else, in the same unit.</summary>
internal sealed record Peer(string Name, double Figure);
