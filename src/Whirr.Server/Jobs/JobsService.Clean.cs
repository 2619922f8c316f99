using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Retention;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Jobs;

public sealed partial class JobsService
{
    public override async Task<Wire.CleanReply> Clean(Wire.CleanRequest request, ServerCallContext context)
    {
        if (request.Ids.Count > MaxIds)
        {
            throw Faults.Invalid($"ids: at most {MaxIds} at once");
        }

        var states = request.States.Select(state => (JobState)state).ToList();
        if (states.Find(state => !Enum.IsDefined(state) || !state.IsEnded()) is var wrong && wrong != default)
        {
            throw Faults.Invalid("states: only ended jobs can be removed (completed, failed, cancelled, lost)");
        }

        var caller = context.GetCaller();
        var order = new CleanOrder
        {
            Filter = new EndedFilter
            {
                States = states,
                OwnerUid = caller.Uid == 0 ? null : caller.Uid,
                EndedBefore = request.EndedBefore?.ToDateTimeOffset(),
                KeepNewest = (int)Math.Min(request.Keep, int.MaxValue),
            },
            Ids = request.Ids.ToHashSet(),
            RemoveRuns = request.RemoveRuns,
            DryRun = request.DryRun,
        };
        var reply = new Wire.CleanReply();
        await longCalls.RunAsync(context, async cancellation =>
        {
            var result = await cleaner.RunAsync(order, cancellation).ConfigureAwait(false);
            reply.RunDirs = (ulong)result.RunDirectories;
            reply.Bytes = (ulong)result.Bytes;
            reply.JobIds.AddRange(result.JobIds);
            reply.Problems.AddRange(result.Problems);
        }).ConfigureAwait(false);
        return reply;
    }
}
