using Grpc.Core;
using Whirr.Protocol.V1;
using WireRuns = Whirr.Protocol.V1.Runs;

namespace Whirr.Tests.Cli;

/// <summary>An index of runs in memory; filters are recorded, not applied.</summary>
internal sealed class FakeRuns : WireRuns.RunsBase
{
    public List<Run> All { get; } = [];

    public List<ListRunsRequest> Listed { get; } = [];

    public List<GetRunRequest> Asked { get; } = [];

    /// <summary>No question about a run is answered before there are so many.</summary>
    public int AnswersAfter { get; set; }

    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<ListRunsReply> List(ListRunsRequest request, ServerCallContext context)
    {
        Listed.Add(request.Clone());
        var from = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken);
        var size = request.PageSize == 0 ? 100 : (int)request.PageSize;
        var reply = new ListRunsReply { Total = (ulong)All.Count, NextPageToken = from + size < All.Count ? $"{from + size}" : "" };
        reply.Runs.AddRange(All.Skip(from).Take(size));
        return Task.FromResult(reply);
    }

    public override async Task<Run> Get(GetRunRequest request, ServerCallContext context)
    {
        lock (Asked)
        {
            Asked.Add(request.Clone());
            if (Asked.Count >= AnswersAfter)
            {
                _enough.TrySetResult();
            }
        }

        await _enough.Task.WaitAsync(context.CancellationToken);
        return All.Where(run => run.RunId.StartsWith(request.Run, StringComparison.Ordinal) || $"{run.JobId}" == request.Run || run.RunDir == request.Run).ToList() switch
        {
            [var only] => only,
            [] => throw new RpcException(new Status(StatusCode.NotFound, $"there is no run {request.Run}")),
            _ => throw new RpcException(new Status(StatusCode.FailedPrecondition, $"{request.Run} fits several runs")),
        };
    }

    /// <summary>What could not be read by Reindex.</summary>
    public List<string> Problems { get; } = [];

    public ReindexRequest? Reindexed { get; private set; }

    public override Task<ReindexReply> Reindex(ReindexRequest request, ServerCallContext context)
    {
        Reindexed = request;
        return Task.FromResult(new ReindexReply { Runs = (ulong)All.Count, Problems = { Problems } });
    }
}
