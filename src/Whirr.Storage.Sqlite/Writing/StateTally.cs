using Whirr.Domain.Jobs;

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>How many jobs are in each state, as committed: counting 100,000 rows for each status line would be felt.</summary>
/// <remarks>
/// Kept in memory and not by triggers in the schema: there is one writer, every change of a state goes through it, and a trigger would
/// cost each row what this costs each transaction. The truth is the table; it is counted when the store is opened.
/// </remarks>
internal sealed class StateTally
{
    // Guards _counts.
    private readonly Lock _gate = new();
    private readonly Dictionary<JobState, long> _counts = [];

    public void Apply(StateChanges changes)
    {
        lock (_gate)
        {
            foreach (var (state, change) in changes.NonZero())
            {
                _counts[state] = _counts.GetValueOrDefault(state) + change;
            }
        }
    }

    public IReadOnlyDictionary<JobState, long> Snapshot()
    {
        lock (_gate)
        {
            return _counts.Where(count => count.Value > 0).ToDictionary();
        }
    }
}
