namespace Whirr.Tests;

/// <summary>Tests that measure time or memory, or in which two race for something, run one by one and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
