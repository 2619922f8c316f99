using Whirr.KeeperContract;

namespace Whirr.Keeper.Keep;

/// <summary>The alerts of the job that no daemon is known to have in its store.</summary>
/// <param name="tell">Tells the daemons.</param>
/// <param name="time">The clock of the alerts.</param>
internal sealed class AlertBoard(Action<KeeperMessage> tell, TimeProvider time)
{
    /// <summary>While so many wait for a daemon nothing more is read: the file keeps the rest.</summary>
    private const int MostWaiting = JobAlert.MostUnheard - AlertBudget.MostAtOnce;

    private readonly List<JobAlert> _unheard = [];
    private DateTimeOffset _last;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<JobAlert> Unheard => _unheard;

    public bool IsFull => _unheard.Count >= MostWaiting;

    /// <summary>Tells an alert, and goes on telling it until a daemon has it.</summary>
    public void Add(string level, string title, string text)
    {
        var now = time.GetUtcNow();
        var moment = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

        // The clock may be set back: the time names an alert, so it only grows.
        _last = moment > _last ? moment : _last.AddMilliseconds(1);
        var alert = new JobAlert(_last, level, title, text);
        _unheard.Add(alert);
        tell(new KeeperMessage.Alerted(alert));
    }

    /// <summary>A daemon has those up to this one.</summary>
    public void Heard(DateTimeOffset at) => _unheard.RemoveAll(alert => alert.At <= at);
}
