using System.Collections.Concurrent;

namespace Whirr.Torture.Load;

/// <summary>What was done, by name; the checks hold what whirr says against it.</summary>
internal sealed class Deeds
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<(long JobId, int Attempt), bool> _keepers = new();
    private readonly ConcurrentDictionary<(long JobId, int Attempt), bool> _damaged = new();
    private readonly ConcurrentDictionary<(long JobId, int Attempt), IReadOnlyList<(int Signal, bool Surely)>> _commands = new();

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public int DaemonKills => _counts.GetValueOrDefault("kill -9 whirrd");

    public int KeeperKills => _counts.GetValueOrDefault("kill -9 keeper");

    public bool DiskWasFull => _counts.ContainsKey("disk full");

    /// <summary>How long the daemon needed from its start until it listened, the longest time.</summary>
    public TimeSpan SlowestStart { get; private set; }

    public void Started(TimeSpan after) => SlowestStart = after > SlowestStart ? after : SlowestStart;

    public void Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    /// <summary>The keeper of an attempt was ended.</summary>
    /// <param name="attempt">Whose.</param>
    /// <param name="surely">It was stopped first and had recorded nothing: the attempt cannot have a result.</param>
    public void EndedKeeper((long JobId, int Attempt) attempt, bool surely) => _keepers.AddOrUpdate(attempt, surely, (_, before) => before || surely);

    public void DamagedRecord((long JobId, int Attempt) attempt) => _damaged[attempt] = true;

    /// <summary>The command of an attempt got a deadly signal. One that is stopped may get several: all but SIGKILL wait until it goes on.</summary>
    /// <param name="attempt">Whose.</param>
    /// <param name="signal">Which.</param>
    /// <param name="surely">It was stopped first: it cannot have ended by itself.</param>
    public void EndedCommand((long JobId, int Attempt) attempt, int signal, bool surely) => _commands.AddOrUpdate(attempt, [(signal, surely)], (_, before) => [.. before, (signal, surely)]);

    public bool MayHaveLostKeeper((long JobId, int Attempt) attempt) => _keepers.ContainsKey(attempt) || _damaged.ContainsKey(attempt);

    public bool MustHaveLostKeeper((long JobId, int Attempt) attempt) => _keepers.GetValueOrDefault(attempt);

    public IReadOnlyList<(int Signal, bool Surely)> SignalsTo((long JobId, int Attempt) attempt) => _commands.GetValueOrDefault(attempt, []);
}
