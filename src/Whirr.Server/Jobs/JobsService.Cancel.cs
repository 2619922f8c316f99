using Grpc.Core;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;
using Whirr.Protocol.Mapping;
using Result = Whirr.Protocol.V1.CancelOutcome.Types.Result;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.CancelReply> Cancel(Wire.CancelRequest request, ServerCallContext context)
    {
        if (request.AllQueued == (request.Ids.Count > 0) || request.Ids.Count > MaxIds)
        {
            throw Faults.Invalid($"name 1 to {MaxIds} ids, or all_queued, and not both");
        }

        var caller = context.GetCaller();
        var reply = new Wire.CancelReply();
        try
        {
            if (request.AllQueued)
            {
                reply.Affected = (ulong)await queue.CancelAllQueuedAsync(caller, CancellationToken.None).ConfigureAwait(false);
                return reply;
            }

            foreach (var id in request.Ids)
            {
                var (outcome, state) = await queue.CancelAsync(caller, id, CancellationToken.None).ConfigureAwait(false);
                reply.Affected += outcome is CancelOutcome.Cancelled or CancelOutcome.Requested ? 1UL : 0;
                reply.Outcomes.Add(new Wire.CancelOutcome { Id = id, Result = ToResult(outcome), State = state.ToWire() });
            }

            return reply;
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private static Result ToResult(CancelOutcome outcome) => outcome switch
    {
        CancelOutcome.Cancelled => Result.Cancelled,
        CancelOutcome.Requested => Result.Requested,
        CancelOutcome.AlreadyEnded => Result.AlreadyEnded,
        CancelOutcome.NotFound => Result.NotFound,
        CancelOutcome.NotYours => Result.PermissionDenied,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not an outcome"),
    };
}
