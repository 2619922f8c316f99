using Grpc.Core;
using Whirr.Domain.Ports;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.SubmitReply> Submit(Wire.SubmitRequest request, ServerCallContext context)
    {
        var job = Accept(request.Job, request.Environment.Memory, context.GetCaller(), "");
        try
        {
            // Not cancelled with the call: a client that went away may still learn by its uid that the job was taken.
            var added = await queue.SubmitAsync([job], CancellationToken.None).ConfigureAwait(false);
            return await ReplyAsync(added[0], context.CancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private async Task<Wire.SubmitReply> ReplyAsync(AddedJob added, CancellationToken cancellation) => new()
    {
        Job = (await FindAsync(added.Id, cancellation).ConfigureAwait(false)).ToWire(),
        Existed = added.Existed,
    };
}
