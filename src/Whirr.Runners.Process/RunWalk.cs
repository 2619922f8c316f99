using System.Text;
using Whirr.Domain.Ports;
using Whirr.Linux;

namespace Whirr.Runners.Process;

/// <summary>One look at all run directories in a directory.</summary>
internal sealed class RunWalk(RunFolder folder, IReadOnlyList<KnownRun> known, Action<IReadOnlyList<FoundRun>> found)
{
    private const int BatchRuns = 200;
    private const int BatchChars = 4 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, KnownRun> _known = known.ToDictionary(run => run.RunId, StringComparer.Ordinal);
    private readonly List<FoundRun> _batch = [];
    private long _batchChars;
    private int _foreign;
    private int _unreadable;
    private string? _firstUnreadable;

    /// <summary>Runs that were known and are not there any more.</summary>
    public IReadOnlyList<string> Gone { get; private set; } = [];

    public List<string> Problems { get; } = [];

    public void Run(List<byte[]> names, CancellationToken cancellation)
    {
        var gone = new HashSet<string>(_known.Keys, StringComparer.Ordinal);
        var looked = 0;
        foreach (var bytes in names.Take(RunFolders.MaxRuns))
        {
            if (cancellation.IsCancellationRequested)
            {
                Problems.Add($"{names.Count - looked} of {names.Count} entries of {folder.Root} are not looked at yet, because there are so many or it is slow; ask again");
                break;
            }

            looked++;
            if (TryDecode(bytes) is { } name && Look(name))
            {
                gone.Remove(name);
            }
        }

        Flush();
        if (names.Count > RunFolders.MaxRuns)
        {
            Problems.Add($"{folder.Root} has more than {RunFolders.MaxRuns} entries: the rest is not looked at");
        }

        // What was not looked at is not known to be gone.
        Gone = looked == names.Count ? [.. gone] : [];
        Summarize();
    }

    /// <summary>True: there is a run of this name (as far as can be told).</summary>
    private bool Look(string name)
    {
        try
        {
            switch (folder.Look(name, out var stamp))
            {
                case RunSight.Foreign:
                    _foreign++;
                    return false;
                case RunSight.Nothing:
                    return false;
                default:
                    Compare(name, stamp);
                    return true;
            }
        }
        catch (LinuxException e)
        {
            _unreadable++;
            _firstUnreadable ??= $"{name}: {e.Message}";
            return _known.ContainsKey(name);
        }
    }

    private void Compare(string name, string stamp)
    {
        var before = _known.GetValueOrDefault(name);
        if (before?.Stamp == stamp && !RunFolder.IsFresh(stamp)
            && (before.Unended is not { } unended || folder.Decide(name, unended.Hostname, unended.IsJob).State == before.State))
        {
            return;
        }

        var run = folder.Read(name, stamp);
        _batch.Add(run);
        _batchChars += (run.Entry.ConfigJson?.Length ?? 0) + (run.Entry.SummaryJson?.Length ?? 0) + run.Entry.Note.Length;
        if (_batch.Count >= BatchRuns || _batchChars >= BatchChars)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batch.Count > 0)
        {
            found([.. _batch]);
            _batch.Clear();
            _batchChars = 0;
        }
    }

    private void Summarize()
    {
        if (_foreign > 0)
        {
            Problems.Add($"{_foreign} {(_foreign == 1 ? "directory" : "directories")} in {folder.Root} {(_foreign == 1 ? "belongs to somebody else and is" : "belong to somebody else and are")} left out");
        }

        if (_unreadable > 0)
        {
            Problems.Add($"{_unreadable} run {(_unreadable == 1 ? "directory" : "directories")} in {folder.Root} cannot be read, e.g. {_firstUnreadable}");
        }
    }

    /// <summary>Null: it cannot be the name of a run (hidden, or no UTF-8).</summary>
    private static string? TryDecode(byte[] name)
    {
        try
        {
            return name[0] == '.' ? null : Strict.GetString(name.AsSpan()[..^1]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
