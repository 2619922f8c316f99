using Grpc.Core;
using Whirr.Domain.Jobs;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Daemon;

public sealed partial class DaemonService
{
    public override async Task<Wire.ResumeReply> Resume(Wire.ResumeRequest request, ServerCallContext context)
    {
        RequireControl(context, "resume the queue");
        var lifted = await SetHoldAsync(null).ConfigureAwait(false);
        var counts = await CountAsync(context.CancellationToken).ConfigureAwait(false);
        return new Wire.ResumeReply { Lifted = lifted?.ToWire(), Queued = (ulong)counts.GetValueOrDefault(JobState.Queued) };
    }
}
