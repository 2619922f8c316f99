namespace Whirr.Tests.Grpc;

/// <summary>Tests that measure the memory of this process run alone.</summary>
[CollectionDefinition("memory", DisableParallelization = true)]
public sealed class MemoryCollection;
