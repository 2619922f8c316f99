using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;
using Whirr.Engine.Runs;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Runs;

public sealed partial class RunsService
{
    private const int DefaultPage = 100;
    private const int LargestPage = 10_000;
    private const int MaxWords = 100;

    public override Task<Wire.ListRunsReply> List(Wire.ListRunsRequest request, ServerCallContext context)
    {
        var caller = context.GetCaller();
        var roots = ReadRoots("roots", request.Roots);
        var query = ReadQuery(request) with { OwnerUid = Sees(caller) };
        return RunAsync(context, async cancellation =>
        {
            var named = roots.Concat(query.OnlyRoots).Distinct(StringComparer.Ordinal).ToList();
            var look = await indexer.RunOnceAsync(caller, named, Patience, anew: false, cancellation).ConfigureAwait(false);
            var page = await index.ListRunsAsync(InPlaces(query, look), cancellation).ConfigureAwait(false);
            var reply = new Wire.ListRunsReply
            {
                Total = (ulong)page.Total,
                NextPageToken = page.Next is { } next ? RunPageToken.Write(next) : "",
            };
            reply.Runs.AddRange(page.Runs.Select(run => run.ToWire()));
            reply.Problems.AddRange(look.Problems.Take(MaxProblems));
            return reply;
        });
    }

    private static RunQuery InPlaces(RunQuery query, RunLook look) => query with { OnlyRoots = [.. query.OnlyRoots.Select(look.PlaceOf)] };

    private static RunQuery ReadQuery(Wire.ListRunsRequest request)
    {
        var query = new RunQuery
        {
            OnlyRoots = ReadRoots("only_roots", request.OnlyRoots),
            States = [.. request.States.Select(state => Enum.IsDefined((JobState)state)
                ? (JobState)state
                : throw Faults.Invalid($"states: {state} is not a state of this daemon"))],
            Tags = [.. request.Tags],
            Name = request.Name,
            Text = request.Text,
            Where = request.Where.Length > 0 ? Read("where", request.Where, RunConditionParser.Parse) : null,
            Order = Read("sort", request.Sort, RunOrder.Parse),
            Limit = request.PageSize switch
            {
                0 => DefaultPage,
                <= LargestPage => (int)request.PageSize,
                _ => throw Faults.Invalid($"page_size: {request.PageSize} is more than {LargestPage}"),
            },
            After = request.PageToken.Length > 0 ? Read("page_token", request.PageToken, RunPageToken.Read) : null,
        };
        return query.Words.Count <= MaxWords ? query : throw Faults.Invalid($"text: at most {MaxWords} words");
    }

    private static T Read<T>(string field, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw Faults.Invalid($"{field}: {e.Message}");
        }
    }
}
