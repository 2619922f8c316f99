using Grpc.Core;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Runs;
using Wire = Whirr.Protocol.V1;

namespace Whirr.Server.Runs;

/// <summary>The Runs service: one file per rpc; here what they share.</summary>
/// <param name="index">Where runs are looked up.</param>
/// <param name="indexer">Brings it up to date first.</param>
/// <param name="longCalls">Runs the calls, which file systems may hold up.</param>
public sealed partial class RunsService(IRunIndex index, RunIndexer indexer, LongCalls longCalls) : Wire.Runs.RunsBase
{
    private const int MaxRoots = 100;
    private const int MaxProblems = 100;

    /// <summary>An answer that is not wholly up to date, and says so, is better than none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static uint? Sees(JobOwner caller) => caller.Uid == 0 ? null : caller.Uid;

    private static List<string> ReadRoots(string field, IReadOnlyCollection<string> roots) => roots.Count <= MaxRoots
        ? [.. roots.Select(root => ReadPath(field, root)).Distinct(StringComparer.Ordinal)]
        : throw Faults.Invalid($"{field}: at most {MaxRoots} at once");

    /// <summary>A path without what says nothing in it. <c>..</c> is refused: what it leads to depends on links.</summary>
    private static string ReadPath(string field, string path)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Faults.Invalid($"{field}: \"{path}\" is not an absolute path");
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        return parts.Contains("..") ? throw Faults.Invalid($"{field}: \"{path}\" has .. in it; name the directory itself") : $"/{string.Join('/', parts)}";
    }

    private async Task<T> RunAsync<T>(ServerCallContext context, Func<CancellationToken, Task<T>> body)
        where T : class
    {
        T? reply = null;
        await longCalls.RunAsync(context, async cancellation => reply = await body(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return reply!;
    }
}
