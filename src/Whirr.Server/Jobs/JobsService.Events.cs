using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    private const int EventsAtOnce = 500;

    public override Task Events(Wire.EventsRequest request, IServerStreamWriter<Wire.JobEvent> responseStream, ServerCallContext context) =>
        longCalls.RunAsync(context, cancellation => SendEventsAsync(request, responseStream, cancellation));

    private async Task SendEventsAsync(Wire.EventsRequest request, IServerStreamWriter<Wire.JobEvent> responseStream, CancellationToken cancellation)
    {
        using var subscription = changes.Subscribe(request.JobId);
        for (var after = request.AfterSeq; ;)
        {
            // The state is read before the events: what is read to the end after the job ended is complete.
            var job = await FindAsync(request.JobId, cancellation).ConfigureAwait(false);
            var events = await store.EventsAsync(request.JobId, after, EventsAtOnce, cancellation).ConfigureAwait(false);
            foreach (var happened in events)
            {
                after = happened.Seq;
                await responseStream.WriteAsync(happened.ToWire(), cancellation).ConfigureAwait(false);
            }

            if (events.Count == EventsAtOnce)
            {
                continue;
            }

            if (!request.Follow || job.State.IsEnded())
            {
                return;
            }

            await subscription.NextAsync(cancellation).ConfigureAwait(false);
        }
    }
}
