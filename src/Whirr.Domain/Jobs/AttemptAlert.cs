namespace Whirr.Domain.Jobs;

/// <summary>Something that the script of a job wants people to know.</summary>
/// <param name="At">When it was seen; two alerts of an attempt never have the same time, and a later one never an earlier.</param>
/// <param name="Sentence">What, in one line.</param>
public sealed record AttemptAlert(DateTimeOffset At, string Sentence);
