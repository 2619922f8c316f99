using System.Text;
using Whirr.Cli.Failures;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Submission;

/// <summary>Reads a file of jobs: one a line, a command line or a JSON object; blank lines and comments (<c>#</c>) are skipped.</summary>
internal static class JobFile
{
    /// <summary>The most jobs in one submit.</summary>
    public const int MostJobs = 100_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads all of it before anything is submitted.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="content">The lines, UTF-8.</param>
    /// <param name="parser">Makes a job of a line.</param>
    /// <exception cref="CommandFailure">A line is wrong; the message begins with <c>name:line:</c>.</exception>
    public static IReadOnlyList<JobRequest> Read(string name, Stream content, JobLineParser parser)
    {
        var jobs = new List<JobRequest>();
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        try
        {
            using var reader = new StreamReader(content, Strict, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024);
            while (reader.ReadLine() is { } line)
            {
                number++;
                if (parser.Parse(number == 1 ? line.TrimStart('\ufeff') : line, number) is { } job)
                {
                    CheckClientId(job, lineOf);
                    jobs.Add(job);
                }

                if (jobs.Count > MostJobs)
                {
                    throw new CommandFailure(FailureKind.Limit, $"one submit takes at most {MostJobs} jobs; split the file.");
                }
            }
        }
        catch (CommandFailure failure)
        {
            throw new CommandFailure(failure.Kind, $"{SafeText.Escape(name)}:{number}: {failure.Message} Nothing was submitted.", failure);
        }
        catch (DecoderFallbackException exception)
        {
            // The reader decodes ahead of the line it returns.
            throw new CommandFailure(
                FailureKind.Usage,
                $"{SafeText.Escape(name)}: line {number + 1} or a later one is not UTF-8. Nothing was submitted.",
                exception);
        }
        catch (Exception exception) when (FileProblem.Is(exception))
        {
            var why = FileProblem.Describe(exception);
            throw new CommandFailure(FailureKind.Files, $"cannot read {SafeText.Quote(name)}: {why}.", exception);
        }

        return jobs;
    }

    // The daemon would answer the second line with the job of the first, and what it says would never be run.
    private static void CheckClientId(JobRequest job, Dictionary<string, int> lineOf)
    {
        var id = job.Spec.ClientJobId;
        if (id.Length > 0 && !lineOf.TryAdd(id, job.Line))
        {
            throw CommandFailure.Usage($"the client_job_id {SafeText.Quote(id)} is that of line {lineOf[id]} already.");
        }
    }
}
