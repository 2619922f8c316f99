using Grpc.Core;
using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    private const int MaxBatch = 100_000;

    public override async Task<Wire.SubmitBatchReply> SubmitBatch(IAsyncStreamReader<Wire.SubmitBatchRequest> requestStream, ServerCallContext context)
    {
        using var memory = batches.Open();
        var caller = context.GetCaller();
        var jobs = new List<NewJob>();
        var environment = ReadOnlyMemory<byte>.Empty;
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var message = requestStream.Current;
            if (!memory.TryTake(message.CalculateSize()))
            {
                throw Faults.TooMany($"the batches that are being submitted are larger than {BatchMemory.MaxCallBytes} bytes in one call or {BatchMemory.MaxBytes} in all; submit in smaller ones. Nothing was submitted");
            }

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
            return reply;
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
        finally
        {
            jobs.Clear();
            jobs.Capacity = 0;
        }
    }
}
