using Google.Protobuf;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Submission;

/// <summary>Packs jobs into the messages of a batch.</summary>
internal static class BatchMessages
{
    private const int MostJobs = 500;
    private const int MostBytes = 512 * 1024;

    /// <summary>Up to 500 jobs or some 512 KiB a message (a single larger job has one of its own). The environment is sent when it is
    /// another one than before.</summary>
    public static IEnumerable<SubmitBatchRequest> Of(IReadOnlyList<JobRequest> jobs)
    {
        byte[]? sent = null;
        var message = new SubmitBatchRequest();
        var bytes = 0;
        foreach (var job in jobs)
        {
            var size = job.Spec.CalculateSize();
            var another = !ReferenceEquals(job.Environment, sent);
            if (message.Jobs.Count > 0 && (another || message.Jobs.Count == MostJobs || bytes + size > MostBytes))
            {
                yield return message;
                message = new SubmitBatchRequest();
                bytes = 0;
            }

            if (another)
            {
                message.Environment = UnsafeByteOperations.UnsafeWrap(job.Environment);
                sent = job.Environment;
            }

            message.Jobs.Add(job.Spec);
            bytes += size;
        }

        yield return message;
    }
}
