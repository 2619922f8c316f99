namespace Whirr.EndToEnd;

/// <summary>Tests that keep the whole machine busy, or need all of it, run one by one and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
