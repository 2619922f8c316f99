using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Runs;

/// <summary>Looks at the runs of one user, one look at a time.</summary>
internal sealed class RunLane(IRunIndex index, IRunFiles files, TimeProvider time) : IDisposable
{
    /// <summary>A look that was told to stop and goes on for longer hangs: in a call to a file system, which nothing can end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Each that hangs holds a thread.</summary>
    private const int MostHanging = 4;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Looks that hang. Used by who holds <see cref="_one"/>.</summary>
    private readonly Dictionary<string, Task> _hanging = new(StringComparer.Ordinal);

    /// <summary>The last look, for those who asked before it began. Used by who holds <see cref="_one"/>.</summary>
    private (long StartedAt, IReadOnlyList<string> Paths, RunLook Look)? _last;

    /// <summary>Looks at directories of runs.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="paths">All that are known.</param>
    /// <param name="anew">Forget first what the index has of this user.</param>
    /// <param name="enough">Time is up: what is not looked at yet is told as a problem.</param>
    /// <param name="cancellation">Nobody wants to know any more.</param>
    public async Task<RunLook> RunOnceAsync(JobOwner owner, IReadOnlyList<string> paths, bool anew, CancellationToken enough, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        if (!await TryEnterAsync(enough, cancellation).ConfigureAwait(false))
        {
            return new RunLook(
                new Dictionary<string, string>(), [$"the runs of {owner.Name} are not looked at, because there was no time; what was known of them is shown"]);
        }

        try
        {
            if (!anew && _last is { } last && last.StartedAt >= askedAt && !paths.Except(last.Paths, StringComparer.Ordinal).Any())
            {
                return last.Look;
            }

            var startedAt = time.GetTimestamp();
            if (anew)
            {
                await index.ForgetRunsAsync(owner.Uid, cancellation).ConfigureAwait(false);
            }

            var look = await LookAtAllAsync(owner, paths, enough, cancellation).ConfigureAwait(false);
            _last = (startedAt, paths, look);
            return look;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> TryEnterAsync(CancellationToken enough, CancellationToken cancellation)
    {
        try
        {
            await _one.WaitAsync(enough).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<RunLook> LookAtAllAsync(JobOwner owner, IReadOnlyList<string> paths, CancellationToken enough, CancellationToken cancellation)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<string>();
        for (var done = 0; done < paths.Count; done++)
        {
            if (enough.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
                problems.Add($"{paths.Count - done} directories of runs are not looked at yet, because there was no time; ask again");
                break;
            }

            await LookPatientlyAsync(new RunGlance(index, files, owner, paths[done], places, problems), enough, cancellation).ConfigureAwait(false);
        }

        // Where all is known, what lies elsewhere is not there any more: a directory was removed, or has another path now.
        if (problems.Count == 0)
        {
            foreach (var root in (await index.ListIndexedRootsAsync(owner.Uid, cancellation).ConfigureAwait(false)).Except(places.Values, StringComparer.Ordinal))
            {
                var runs = await index.ListKnownAsync(owner.Uid, root, cancellation).ConfigureAwait(false);
                await index.ChangeRunsAsync(owner.Uid, root, [], [.. runs.Select(run => run.RunId)], cancellation).ConfigureAwait(false);
            }
        }

        return new RunLook(places, problems);
    }

    private async Task LookPatientlyAsync(RunGlance glance, CancellationToken enough, CancellationToken cancellation)
    {
        foreach (var ended in _hanging.Where(look => look.Value.IsCompleted).Select(look => look.Key).ToList())
        {
            _hanging.Remove(ended);
        }

        if (_hanging.ContainsKey(glance.Path) || _hanging.Count >= MostHanging)
        {
            glance.Problems.Add($"{glance.Path} is not looked at, because {(_hanging.ContainsKey(glance.Path) ? "it" : _hanging.Keys.First())} does not answer");
            return;
        }

        var look = glance.RunAsync(enough);
        try
        {
            await WaitAsync(look, enough).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _hanging.Add(glance.Path, look);
            glance.Abandon($"{glance.Path} does not answer in time; what was known of the runs in it is shown");
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits for a look. When time is up it sees so itself and comes to its end, if it can.</summary>
    private async Task WaitAsync(Task look, CancellationToken enough)
    {
        try
        {
            await look.WaitAsync(enough).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await look.WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
