using Google.Protobuf;
using Grpc.Core;
using Whirr.Domain.Ports;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.Job> Get(Wire.GetJobRequest request, ServerCallContext context)
    {
        var job = await FindAsync(request.Id, context.CancellationToken).ConfigureAwait(false);
        var wire = views.Show(job);
        if (request.IncludeEnvironment)
        {
            if (!context.GetCaller().MayControl(job.Owner.Uid))
            {
                throw Faults.NotYours(job, "see its environment");
            }

            wire.Environment = ByteString.CopyFrom(await store.FindEnvironmentAsync(job.Id, context.CancellationToken).ConfigureAwait(false) ?? []);
        }

        if (request.IncludeAttempts)
        {
            await AddAttemptsAsync(wire, context.CancellationToken).ConfigureAwait(false);
        }

        return wire;
    }

    private async Task AddAttemptsAsync(Wire.Job wire, CancellationToken cancellation)
    {
        try
        {
            wire.Attempts.AddRange((await leases.ListAttemptsOfAsync(wire.Id, cancellation).ConfigureAwait(false)).Select(attempt => attempt.ToWire()));
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }
}
