using System.Threading.Channels;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Engine.Runs;

/// <summary>A look at one directory of runs.</summary>
/// <remarks>File systems may hang, and the identity of a user belongs to the thread: so whatever touches files has a thread of its own, and whatever
/// touches the index has not.</remarks>
internal sealed class RunGlance(
    IRunIndex index, IRunFiles files, JobOwner owner, string path, Dictionary<string, string> places, List<string> problems)
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, and with it the lists of the caller: a look that hung may come back when nobody waits for it.</summary>
    private bool _isAbandoned;

    public string Path => path;

    public List<string> Problems => problems;

    /// <summary>Brings the index up to date with the directory.</summary>
    public async Task RunAsync(CancellationToken enough)
    {
        string? place;
        try
        {
            place = await OnOwnThread(() => files.Resolve(owner, path)).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            Tell(problems => problems.Add($"the runs in {path} cannot be looked at: {e.Message}"));
            return;
        }

        // Another path may lead to the same directory.
        if (place is null || !TryAdd(place))
        {
            return;
        }

        var known = await index.ListKnownAsync(owner.Uid, place, CancellationToken.None).ConfigureAwait(false);
        var scan = await ScanAsync(place, known, enough).ConfigureAwait(false);
        if (scan.Gone.Count > 0)
        {
            await index.ChangeRunsAsync(owner.Uid, place, [], scan.Gone, CancellationToken.None).ConfigureAwait(false);
        }

        Tell(problems => problems.AddRange(scan.Problems));
    }

    /// <summary>Nobody waits any more: says why.</summary>
    public void Abandon(string problem)
    {
        lock (_lock)
        {
            _isAbandoned = true;
            problems.Add(problem);
        }
    }

    private async Task<RunScan> ScanAsync(string place, IReadOnlyList<KnownRun> known, CancellationToken enough)
    {
        var found = Channel.CreateBounded<IReadOnlyList<FoundRun>>(1);
        var scan = OnOwnThread(() => Scan(place, known, found.Writer, enough));
        try
        {
            await foreach (var runs in found.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                await index.ChangeRunsAsync(owner.Uid, place, runs, [], CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreException)
        {
            // Lets the thread go on to its end.
            found.Writer.TryComplete();
            throw;
        }

        return await scan.ConfigureAwait(false);
    }

    private RunScan Scan(string place, IReadOnlyList<KnownRun> known, ChannelWriter<IReadOnlyList<FoundRun>> found, CancellationToken enough)
    {
        try
        {
            return files.Scan(owner, place, known, runs => Hand(found, runs), enough);
        }
        finally
        {
            found.TryComplete();
        }
    }

    /// <summary>Waits until there is room, on this thread: it has the identity of a user.</summary>
    private static void Hand(ChannelWriter<IReadOnlyList<FoundRun>> found, IReadOnlyList<FoundRun> runs)
    {
        while (!found.TryWrite(runs) && found.WaitToWriteAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
        }
    }

    private bool TryAdd(string place)
    {
        lock (_lock)
        {
            if (_isAbandoned)
            {
                return false;
            }

            var isNew = !places.ContainsValue(place);
            places[path] = place;
            return isNew;
        }
    }

    private void Tell(Action<List<string>> tell)
    {
        lock (_lock)
        {
            if (!_isAbandoned)
            {
                tell(problems);
            }
        }
    }

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
