using Whirr.Domain.Jobs;

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>Jobs that entered (+) and left (-) each state.</summary>
internal sealed class StateChanges
{
    private readonly long[] _changes = new long[(int)JobStates.All.Max() + 1];

    public void Enter(JobState state, long jobs = 1) => _changes[(int)state] += jobs;

    public void Move(JobState from, JobState to, long jobs = 1)
    {
        Enter(from, -jobs);
        Enter(to, jobs);
    }

    public void Add(StateChanges other)
    {
        for (var state = 0; state < _changes.Length; state++)
        {
            _changes[state] += other._changes[state];
        }
    }

    public void Clear() => Array.Clear(_changes);

    public IEnumerable<(JobState State, long Change)> NonZero() =>
        JobStates.All.Where(state => _changes[(int)state] != 0).Select(state => (state, _changes[(int)state]));
}
