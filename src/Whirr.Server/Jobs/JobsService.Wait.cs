using Grpc.Core;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task Wait(Wire.WaitRequest request, IServerStreamWriter<Wire.Job> responseStream, ServerCallContext context)
    {
        if (request.Ids.Count is 0 or > MaxIds)
        {
            throw Faults.Invalid($"name 1 to {MaxIds} ids");
        }

        foreach (var id in request.Ids)
        {
            await FindAsync(id, context.CancellationToken).ConfigureAwait(false);
        }

        await longCalls.RunAsync(context, cancellation => WaitForAllAsync(request.Ids, responseStream, cancellation)).ConfigureAwait(false);
    }

    private async Task WaitForAllAsync(IEnumerable<long> ids, IServerStreamWriter<Wire.Job> responseStream, CancellationToken cancellation)
    {
        using var waits = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var pending = ids.Distinct().Select(id => queue.WaitAsync(id, waits.Token)).ToList();
            await foreach (var ended in Task.WhenEach(pending).ConfigureAwait(false))
            {
                if (await ended.ConfigureAwait(false) is { } job)
                {
                    await responseStream.WriteAsync(job.ToWire(), cancellation).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await waits.CancelAsync().ConfigureAwait(false);
        }
    }
}
