using Whirr.Bench.Places;
using Whirr.Bench.Reporting;

namespace Whirr.Bench.Measurements;

/// <summary>Measures one thing that matters to users, and what it is held against, in turn.</summary>
internal interface IMeasurement
{
    /// <summary>By what it is chosen.</summary>
    string Name => GetType().Name;

    /// <summary>What, in a few words.</summary>
    string What { get; }

    Task<IReadOnlyList<Finding>> MeasureAsync(Workplace workplace);
}
