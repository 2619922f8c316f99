using Grpc.Core;
using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    private const int MaxBatch = 100_000;
    private const int LargeBatch = 10_000;

    public override async Task<Wire.SubmitBatchReply> SubmitBatch(IAsyncStreamReader<Wire.SubmitBatchRequest> requestStream, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var jobs = new List<NewJob>();
        var environment = ReadOnlyMemory<byte>.Empty;
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var message = requestStream.Current;
            environment = message.HasEnvironment ? message.Environment.Memory : environment;
            if (jobs.Count + message.Jobs.Count > MaxBatch)
            {
                throw Faults.TooMany($"more than {MaxBatch} jobs in one batch; submit them in several. Nothing was submitted");
            }

            foreach (var spec in message.Jobs)
            {
                jobs.Add(Accept(spec, environment, caller, $"jobs[{jobs.Count}]: "));
            }
        }

        if (jobs.Count == 0)
        {
            return new Wire.SubmitBatchReply();
        }

        try
        {
            var added = await queue.SubmitAsync(jobs, CancellationToken.None).ConfigureAwait(false);
            var reply = new Wire.SubmitBatchReply { Existed = (uint)added.Count(job => job.Existed) };
            reply.JobIds.AddRange(added.Select(job => job.Id));
            GiveMemoryBack(jobs);
            return reply;
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    /// <summary>A large batch leaves a large heap, which nothing would shrink while the daemon is idle afterwards.</summary>
    private static void GiveMemoryBack(List<NewJob> jobs)
    {
        var large = jobs.Count >= LargeBatch;
        jobs.Clear();
        jobs.Capacity = 0;
        if (large)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }
    }
}
