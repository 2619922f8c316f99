using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Runs;

/// <summary>Brings the index of runs up to date with the run directories, when somebody wants to look at it.</summary>
/// <remarks>
/// It has no loop: files are looked at when they are asked for, and stamps tell which need to be read. So nothing has to be told when a job ends,
/// a script starts or a directory is copied, and an idle daemon does nothing. A directory that takes too long is shown as it was, and said so.
/// </remarks>
public sealed partial class RunIndexer(IRunIndex index, IRunFiles files, TimeProvider time, ILogger<RunIndexer> log) : IDisposable
{
    /// <summary>More directories of a user are looked at when they are named, but not remembered.</summary>
    public const int MaxRoots = 256;

    private readonly ConcurrentDictionary<uint, RunLane> _lanes = new();

    /// <summary>Looks at the directories of runs of a user (root: of everybody), and at those that are named.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="roots">Absolute paths. Those that exist are remembered for the caller.</param>
    /// <param name="patience">How long that may take in all.</param>
    /// <param name="anew">Forget first what the index has.</param>
    /// <param name="cancellation">Ends the look.</param>
    /// <exception cref="StoreException">The index cannot be read or changed.</exception>
    public async Task<RunLook> RunOnceAsync(
        JobOwner caller, IReadOnlyList<string> roots, TimeSpan patience, bool anew, CancellationToken cancellation)
    {
        using var enough = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, enough.Token);
        var known = await index.ListRootsAsync(caller.Uid == 0 ? null : caller.Uid, cancellation).ConfigureAwait(false);
        if (anew && caller.Uid == 0)
        {
            await index.ForgetRunsAsync(null, cancellation).ConfigureAwait(false);
        }

        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (owner, paths) in ListPaths(caller, roots, known))
        {
            var lane = _lanes.GetOrAdd(owner.Uid, _ => new RunLane(index, files, time));
            var look = await lane.RunOnceAsync(owner, paths, anew, either.Token, cancellation).ConfigureAwait(false);
            problems.AddRange(look.Problems);
            if (owner.Uid == caller.Uid)
            {
                places = new(look.Places, StringComparer.Ordinal);
            }
        }

        await RememberAsync(caller, roots.Where(places.ContainsKey), known, cancellation).ConfigureAwait(false);
        if (problems.Count > 0)
        {
            LogProblems(caller.Name, problems.Count, problems[0]);
        }

        return new RunLook(places, problems);
    }

    public void Dispose()
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }
    }

    /// <summary>Whose runs are where: the caller first, as the kernel knows it now, since its groups may have changed.</summary>
    private IEnumerable<(JobOwner Owner, IReadOnlyList<string> Paths)> ListPaths(
        JobOwner caller, IReadOnlyList<string> roots, IReadOnlyList<RunRoot> known) =>
        roots.Prepend("").Select(path => new RunRoot(caller, path))
            .Concat(known)
            .Concat(caller.Uid == 0 ? files.OwnersHere().Select(owner => new RunRoot(owner, "")) : [])
            .GroupBy(root => root.Owner.Uid)
            .Select(group => (group.First().Owner, (IReadOnlyList<string>)[.. group
                .Select(root => root.Path.Length == 0 ? files.DefaultRootOf(root.Owner) : root.Path)
                .Distinct(StringComparer.Ordinal)]));

    private async Task RememberAsync(JobOwner caller, IEnumerable<string> roots, IReadOnlyList<RunRoot> known, CancellationToken cancellation)
    {
        var ofCaller = known.Where(root => root.Owner.Uid == caller.Uid).ToDictionary(root => root.Path, root => root.Owner, StringComparer.Ordinal);
        var room = Math.Max(1, MaxRoots - ofCaller.Count);
        var news = roots.Prepend("").Distinct(StringComparer.Ordinal)
            .Where(path => !ofCaller.TryGetValue(path, out var before) || !IsSame(before, caller))
            .Take(room)
            .Select(path => new RunRoot(caller, path))
            .ToList();
        if (news.Count > 0)
        {
            await index.AddRootsAsync(news, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsSame(JobOwner left, JobOwner right) => left.Gid == right.Gid && left.Name == right.Name && left.Groups.SequenceEqual(right.Groups);

    [LoggerMessage(Level = LogLevel.Debug, Message = "runs of {Caller}: {Count} problems, e.g. {First}; what the index has of these is shown")]
    private partial void LogProblems(string caller, int count, string first);
}
