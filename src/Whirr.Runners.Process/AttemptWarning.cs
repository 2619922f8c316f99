using Whirr.Domain.Jobs;

namespace Whirr.Runners.Process;

/// <summary>Something about an attempt that did not work and was survived.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Sentence">What, and what happens next.</param>
public readonly record struct AttemptWarning(AttemptKey Key, string Sentence);
