using Whirr.Protocol.V1;

namespace Whirr.Cli.Submission;

/// <summary>A job about to be submitted.</summary>
/// <param name="Spec">What to run.</param>
/// <param name="Environment">Its environment, as in <see cref="EnvironmentBlock"/>; jobs with the same one share the array.</param>
/// <param name="Line">Line of the file it was read from, from 1; 0 when it came from the command line.</param>
internal sealed record JobRequest(JobSpec Spec, byte[] Environment, int Line = 0);
