using Google.Protobuf;
using Grpc.Core;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.Job> Get(Wire.GetJobRequest request, ServerCallContext context)
    {
        var job = await FindAsync(request.Id, context.CancellationToken).ConfigureAwait(false);
        var wire = job.ToWire();
        if (request.IncludeEnvironment)
        {
            if (!context.GetCaller().MayControl(job.Owner.Uid))
            {
                throw Faults.NotYours(job, "see its environment");
            }

            wire.Environment = ByteString.CopyFrom(await store.FindEnvironmentAsync(job.Id, context.CancellationToken).ConfigureAwait(false) ?? []);
        }

        return wire;
    }
}
