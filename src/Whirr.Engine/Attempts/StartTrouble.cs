using Whirr.Domain.Jobs;

namespace Whirr.Engine.Attempts;

/// <summary>The machine could not start a job.</summary>
/// <param name="Owner">In whose place it could not; null: no keeper could be started, whoever the job belongs to.</param>
/// <param name="Sentence">What was wrong.</param>
public sealed record StartTrouble(JobOwner? Owner, string Sentence);
