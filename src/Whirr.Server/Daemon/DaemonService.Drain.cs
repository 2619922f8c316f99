using System.Text;
using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

public sealed partial class DaemonService
{
    private const int MaxWhyBytes = 256;

    public override async Task<Wire.DrainReply> Drain(Wire.DrainRequest request, ServerCallContext context)
    {
        var caller = RequireControl(context, "drain the queue");
        if (Encoding.UTF8.GetByteCount(request.Why) > MaxWhyBytes || request.Why.Any(char.IsControl))
        {
            throw Faults.Invalid($"why: is longer than {MaxWhyBytes} bytes or has control characters");
        }

        var hold = new QueueHold(caller.Name, time.GetUtcNow(), request.Why.Length > 0 ? request.Why : null);
        await SetHoldAsync(hold).ConfigureAwait(false);
        var counts = await CountAsync(context.CancellationToken).ConfigureAwait(false);
        return new Wire.DrainReply { Hold = hold.ToWire(), Running = RunningOf(counts) };
    }

    private async Task<QueueHold?> SetHoldAsync(QueueHold? hold)
    {
        try
        {
            return await holds.SetAsync(hold, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }

    private JobOwner RequireControl(ServerCallContext context, string what)
    {
        var caller = context.GetCaller();
        return caller.MayControl(facts.Uid) ? caller : throw Faults.Forbidden($"only root and the user that whirrd runs as may {what}");
    }
}
