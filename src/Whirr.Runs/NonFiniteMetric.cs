namespace Whirr.Runs;

/// <summary>A measured value that is no number any more.</summary>
/// <param name="Name">Its key; in a nested value the path to it, e.g. <c>loss.train[2]</c>. As it is in the file: it may hold anything.</param>
/// <param name="Value"><c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>.</param>
/// <param name="Step">The step of the line, as it is written there; null: none.</param>
public sealed record NonFiniteMetric(string Name, string Value, string? Step);
