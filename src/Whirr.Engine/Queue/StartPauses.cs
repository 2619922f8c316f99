namespace Whirr.Engine.Queue;

/// <summary>How long jobs wait after the machine could not start one: 1 s, doubled with each failure in a row up to 30 s.</summary>
/// <remarks>
/// A keeper that cannot be started is the trouble of everybody. A keeper that could not start a job in its user's place (a quota, a
/// directory that is gone) is the trouble of that user, and the jobs of the others go on. Told from any thread.
/// </remarks>
internal sealed class StartPauses(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>; of everybody.</summary>
    private Pause? _machine;

    /// <summary>Guarded by <see cref="_lock"/>; by user id.</summary>
    private readonly Dictionary<uint, Pause> _owners = [];

    /// <summary>Something could not be started. What several slots say of the same trouble during its pause counts once.</summary>
    /// <param name="ownerUid">Whose; null: nothing can be started.</param>
    /// <returns>The pause.</returns>
    public TimeSpan Troubled(uint? ownerUid)
    {
        lock (_lock)
        {
            var before = ownerUid is { } uid ? _owners.GetValueOrDefault(uid) : _machine;
            var now = time.GetTimestamp();
            if (before is not null && RestOf(before, now) > TimeSpan.Zero)
            {
                return before.Length;
            }

            var length = before is null ? First : before.Length * 2 < Longest ? before.Length * 2 : Longest;
            var pause = new Pause(now, length);
            if (ownerUid is { } owner)
            {
                _owners[owner] = pause;
            }
            else
            {
                _machine = pause;
            }

            return length;
        }
    }

    /// <summary>A job of this user was started: the next trouble is a new one.</summary>
    public void Worked(uint ownerUid)
    {
        lock (_lock)
        {
            _machine = null;
            _owners.Remove(ownerUid);
        }
    }

    /// <summary>Who has to wait now.</summary>
    public StartPauseNow Look()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var owners = _owners.Where(owner => RestOf(owner.Value, now) > TimeSpan.Zero).ToList();
            return new StartPauseNow(
                _machine is null ? TimeSpan.Zero : RestOf(_machine, now),
                [.. owners.Select(owner => owner.Key)],
                owners.Count == 0 ? null : owners.Min(owner => RestOf(owner.Value, now)));
        }
    }

    private TimeSpan RestOf(Pause pause, long now) => pause.Length - time.GetElapsedTime(pause.Since, now);

    private sealed record Pause(long Since, TimeSpan Length);
}

/// <summary>Who has to wait.</summary>
/// <param name="Machine">How long everybody has to; 0 or less: not at all.</param>
/// <param name="OwnerUids">Users who have to.</param>
/// <param name="FirstOwner">When the first of those is through; null: there are none.</param>
internal sealed record StartPauseNow(TimeSpan Machine, IReadOnlyList<uint> OwnerUids, TimeSpan? FirstOwner);
