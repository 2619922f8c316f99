using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Submission;

/// <summary>Sets the working directory of jobs and what follows from it; looks at each directory once, however many share it.</summary>
internal sealed class WorkingDirectories
{
    private readonly Dictionary<string, string> _runs = new(StringComparer.Ordinal);

    /// <param name="spec">Gets <c>workdir</c> and <c>runs_dir</c>.</param>
    /// <param name="full">The working directory, an absolute path.</param>
    /// <exception cref="CommandFailure">There is no such directory.</exception>
    public void Set(JobSpec spec, string full)
    {
        if (!_runs.TryGetValue(full, out var runs))
        {
            if (!Directory.Exists(full))
            {
                throw CommandFailure.Usage($"the working directory {SafeText.Quote(full)} is not there, or is no directory.");
            }

            _runs[full] = runs = ProjectDirectory.FindRuns(full);
        }

        spec.Workdir = full;
        spec.RunsDir = runs;
    }
}
