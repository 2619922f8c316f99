using System.Buffers;
using System.Text.Unicode;
using Whirr.Domain.Ports;
using Whirr.Linux;

namespace Whirr.Runners.Process;

/// <summary>One look at all run directories in a directory.</summary>
internal sealed class RunWalk(RunFolder folder, IReadOnlyList<KnownRun> known, Action<IReadOnlyList<FoundRun>> found)
{
    private const int BatchRuns = 200;
    private const int BatchChars = 4 << 20;

    private readonly Dictionary<string, KnownRun> _known = known.ToDictionary(run => run.RunId, StringComparer.Ordinal);
    private readonly HashSet<KnownRun> _seen = new(known.Count, ReferenceEqualityComparer.Instance);
    private readonly char[] _name = new char[RunStamps.LongestName];
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
        var looked = 0;
        foreach (var name in names.Take(RunFolders.MaxRuns))
        {
            if (cancellation.IsCancellationRequested)
            {
                Problems.Add($"{names.Count - looked} of {names.Count} entries of {folder.Root} are not looked at yet, because there are so many or it is slow; ask again");
                break;
            }

            looked++;
            Look(name);
        }

        Flush();
        if (names.Count > RunFolders.MaxRuns)
        {
            Problems.Add($"{folder.Root} has more than {RunFolders.MaxRuns} entries: the rest is not looked at");
        }

        // What was not looked at is not known to be gone.
        Gone = looked == names.Count ? [.. known.Where(run => !_seen.Contains(run)).Select(run => run.RunId)] : [];
        Summarize();
    }

    private void Look(byte[] name)
    {
        if (!TryDecode(name, out var shown))
        {
            return;
        }

        var before = _known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(shown, out var found) ? found : null;
        try
        {
            switch (folder.Stamps.Look(name, out var stamp))
            {
                case RunSight.Foreign:
                    _foreign++;
                    return;
                case RunSight.Nothing:
                    return;
                default:
                    Compare(before?.RunId ?? shown.ToString(), before, stamp);
                    break;
            }
        }
        catch (LinuxException e)
        {
            _unreadable++;
            _firstUnreadable ??= $"{shown}: {e.Message}";
        }

        // What cannot be looked at is not known to be gone.
        if (before is not null)
        {
            _seen.Add(before);
        }
    }

    private void Compare(string name, KnownRun? before, ReadOnlySpan<char> stamp)
    {
        if (before is not null && stamp.SequenceEqual(before.Stamp) && !RunStamps.IsFresh(stamp)
            && (before.Unended is not { } unended || folder.Decide(name, unended.Hostname, unended.IsJob).State == before.State))
        {
            return;
        }

        var run = folder.Read(name, stamp.ToString());
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

    /// <summary>False: it cannot be the name of a run (hidden, no UTF-8, or longer than Linux has names).</summary>
    private bool TryDecode(ReadOnlySpan<byte> name, out ReadOnlySpan<char> shown)
    {
        shown = default;
        if (name[0] == '.' || name.Length - 1 > RunStamps.LongestName || Utf8.ToUtf16(name[..^1], _name, out _, out var length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return false;
        }

        shown = _name.AsSpan(0, length);
        return true;
    }
}
