using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.SubmitReply> Retry(Wire.RetryRequest request, ServerCallContext context)
    {
        try
        {
            var uid = SpecWire.ReadUid(request.Uid);
            return await queue.RetryAsync(context.GetCaller(), request.Id, uid, CancellationToken.None).ConfigureAwait(false) switch
            {
                RetryResult.Submitted submitted => await ReplyAsync(submitted.Job, context.CancellationToken).ConfigureAwait(false),
                RetryResult.NotYours other => throw Faults.NotYours(other.Job, "retry it"),
                RetryResult.WrongState { Job: var job } => throw Faults.WrongState(
                    $"job {job.Id} is {job.State.ToWord()}: only failed, cancelled and lost jobs can be retried"),
                _ => throw Faults.NotFound(request.Id),
            };
        }
        catch (FormatException e)
        {
            throw Faults.Invalid(e.Message);
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }
}
