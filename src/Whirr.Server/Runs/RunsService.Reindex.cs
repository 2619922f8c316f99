using Grpc.Core;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Runs;

public sealed partial class RunsService
{
    /// <summary>Everything is read: on a slow file server that takes its time, and the caller may end it.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromHours(1);

    public override Task<Wire.ReindexReply> Reindex(Wire.ReindexRequest request, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var roots = ReadRoots("roots", request.Roots);
        return RunAsync(context, async cancellation =>
        {
            var look = await indexer.RunOnceAsync(caller, roots, LongPatience, anew: true, cancellation).ConfigureAwait(false);
            var reply = new Wire.ReindexReply { Runs = (ulong)await index.CountRunsAsync(Sees(caller), cancellation).ConfigureAwait(false) };
            reply.Problems.AddRange(look.Problems.Take(MaxProblems));
            return reply;
        });
    }
}
