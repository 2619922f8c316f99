using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Queue;
using Change = Whirr.Protocol.V1.ExtendRequest.ChangeOneofCase;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.Job> Extend(Wire.ExtendRequest request, ServerCallContext context)
    {
        try
        {
            TimeLimitChange change = request.ChangeCase switch
            {
                Change.Limit => new TimeLimitChange.To(request.Limit.ToTimeSpan()),
                Change.By => new TimeLimitChange.By(request.By.ToTimeSpan()),
                Change.Unlimited => new TimeLimitChange.Unlimited(),
                _ => throw Faults.Invalid("change: name a limit, by how much to change it, or unlimited"),
            };
            return await extender.ExtendAsync(context.GetCaller(), request.Id, change, CancellationToken.None).ConfigureAwait(false) switch
            {
                ExtendResult.Extended extended => views.Show(await FindAsync(extended.JobId, context.CancellationToken).ConfigureAwait(false)),
                ExtendResult.NotYours other => throw Faults.NotYours(other.Job, "change its time limit"),
                ExtendResult.Ended { Job: var job } => throw Faults.WrongState($"job {job.Id} is {job.State.ToWord()}: its time limit does not matter any more"),
                ExtendResult.Refused refused => throw Faults.Invalid(refused.Sentence),
                _ => throw Faults.NotFound(request.Id),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException)
        {
            throw Faults.Invalid($"change: is not a duration: {e.Message}");
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }
}
