using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Runs;
using Whirr.Engine.Runs;
using Whirr.Protocol.Mapping;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Runs;

public sealed partial class RunsService
{
    private const int MaxCandidates = 50;
    private const int NamedCandidates = 5;

    public override Task<Wire.Run> Get(Wire.GetRunRequest request, ServerCallContext context)
    {
        if (request.Run.Length == 0)
        {
            throw Faults.Invalid("run: say which: an id, the beginning of one, the number of a job, or the path of a run directory");
        }

        var caller = context.GetCaller();
        var roots = ReadRoots("roots", request.Roots);
        return RunAsync(context, cancellation => request.Run.StartsWith('/')
            ? GetByPathAsync(caller, roots, ReadPath("run", request.Run), cancellation)
            : GetByIdAsync(caller, roots, request.Run, cancellation));
    }

    private async Task<Wire.Run> GetByPathAsync(JobOwner caller, List<string> roots, string path, CancellationToken cancellation)
    {
        var root = Path.GetDirectoryName(path) ?? "/";
        var look = await indexer.RunOnceAsync(caller, [root, .. roots], Patience, anew: false, cancellation).ConfigureAwait(false);
        var found = await index.FindRunsAsync(Sees(caller), Path.GetFileName(path), MaxCandidates, cancellation).ConfigureAwait(false);
        return found.FirstOrDefault(run => run.RunId == Path.GetFileName(path) && run.Root == look.PlaceOf(root))?.ToWire()
            ?? throw Faults.NoRun($"there is no run of yours at {path}", look.Problems);
    }

    private async Task<Wire.Run> GetByIdAsync(JobOwner caller, List<string> roots, string asked, CancellationToken cancellation)
    {
        var look = await indexer.RunOnceAsync(caller, roots, Patience, anew: false, cancellation).ConfigureAwait(false);
        var isNumber = asked.All(char.IsAsciiDigit);
        var id = isNumber ? $"job-{asked.TrimStart('0')}" : asked;
        var found = await index.FindRunsAsync(Sees(caller), id, MaxCandidates, cancellation).ConfigureAwait(false);
        var whole = found.Where(run => run.RunId == id).ToList();
        IReadOnlyList<RunEntry> fitting = whole.Count > 0 || isNumber ? whole : found;
        return fitting.Count switch
        {
            0 => throw Faults.NoRun($"there is no run {id}", look.Problems),
            1 => fitting[0].ToWire(),
            _ => Prefer(fitting, roots, look)?.ToWire() ?? throw Ambiguous(asked, fitting),
        };
    }

    /// <summary>The one that is in the first of the directories that were named; null when none is, or several are.</summary>
    private static RunEntry? Prefer(IReadOnlyList<RunEntry> fitting, List<string> roots, RunLook look)
    {
        var near = roots.Count == 0 ? [] : fitting.Where(run => run.Root == look.PlaceOf(roots[0])).Take(2).ToList();
        return near.Count == 1 ? near[0] : null;
    }

    private static RpcException Ambiguous(string asked, IReadOnlyList<RunEntry> fitting)
    {
        var areIdsUnique = fitting.Select(run => run.RunId).Distinct(StringComparer.Ordinal).Count() == fitting.Count;
        var names = fitting.Take(NamedCandidates).Select(run => areIdsUnique ? run.RunId : run.RunDir);
        var rest = fitting.Count > NamedCandidates ? ", and more" : "";
        return Faults.WrongState(
            $"{asked} fits several runs: {string.Join(", ", names)}{rest}; name one by {(areIdsUnique ? "its whole id" : "its directory")}");
    }
}
