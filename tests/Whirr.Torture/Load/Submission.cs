namespace Whirr.Torture.Load;

/// <summary>A job that was submitted, or is being submitted until somebody says that it is.</summary>
internal sealed class Submission(int number, Life life, Guid uid)
{
    private long _id;
    private int _cancelSent;
    private int _cancelSurelyFirst;

    /// <summary>Names it in the plan; the daemon gives another number.</summary>
    public int Number => number;

    public Life Life => life;

    public Guid Uid => uid;

    /// <summary>Every third carries an id of its own beside the uid.</summary>
    public string ClientJobId => number % 3 == 0 ? $"torture-{number}" : "";

    /// <summary>The number that the daemon acknowledged; 0: none yet.</summary>
    public long Id => Volatile.Read(ref _id);

    /// <summary>Somebody asked for its end, heard or not.</summary>
    public bool CancelSent => Volatile.Read(ref _cancelSent) != 0;

    /// <summary>The daemon said that it was cancelled before it ran.</summary>
    public bool CancelledInQueue => Volatile.Read(ref _cancelSurelyFirst) != 0;

    /// <summary>Notes an acknowledgement.</summary>
    /// <returns>False when an earlier one named another job.</returns>
    public bool Acknowledged(long id) => Interlocked.CompareExchange(ref _id, id, 0) is var before && (before == 0 || before == id);

    public void SendsCancel() => Volatile.Write(ref _cancelSent, 1);

    public void IsCancelledInQueue() => Volatile.Write(ref _cancelSurelyFirst, 1);

    public override string ToString() => $"submission {number} (job {Id}, {life.Kind} {life.Milliseconds} ms {life.Number})";
}
