using Whirr.Domain.Jobs;

namespace Whirr.Domain.Ports;

/// <summary>Starts and ends attempts in one kind of place. Never blocks on a job, never decides about one.</summary>
/// <remarks>
/// A runner keeps what it needs to find its attempts again outside the process of the daemon, so that a new daemon can adopt them.
/// Whatever happens to an attempt is told once, through <see cref="IAttempt.Ended"/>.
/// </remarks>
public interface IRunner
{
    /// <summary>What can be enforced here.</summary>
    RunnerAbilities Abilities => RunnerAbilities.All;

    /// <summary>What supervises attempts here and its version, as it says itself, e.g. <c>whirr-keeper 0.1.0</c>; empty when nothing does.</summary>
    /// <exception cref="RunnerException">It cannot be asked.</exception>
    Task<string> DescribeSupervisorAsync(CancellationToken cancellation) => Task.FromResult("");

    /// <summary>Starts an attempt.</summary>
    /// <returns>The attempt, as soon as its supervisor exists; the command itself may not run yet.</returns>
    /// <exception cref="RunnerException">No supervisor could be started, and none will: the attempt has not run and will not run.</exception>
    Task<IAttempt> StartAsync(ClaimedJob claimed, CancellationToken cancellation);

    /// <summary>Finds an attempt that an earlier daemon started. Its end may be known at once.</summary>
    /// <remarks>An attempt that is not found alive is fenced first: when <see cref="IAttempt.Ended"/> says that it vanished, nothing of it runs
    /// and nothing of it can start any more.</remarks>
    Task<IAttempt> AdoptAsync(Job job, CancellationToken cancellation);

    /// <summary>Removes what is kept of attempts that are not live any more: a daemon may have died between recording an end and
    /// <see cref="IAttempt.Forget"/>.</summary>
    /// <param name="live">The attempts to keep.</param>
    /// <exception cref="RunnerException">Something could not be removed; nothing else is affected.</exception>
    void ForgetAllBut(IReadOnlyCollection<AttemptKey> live);
}

/// <summary>An attempt that a runner looks after.</summary>
public interface IAttempt
{
    AttemptKey Key { get; }

    /// <summary>Completes when the command runs; is cancelled when the attempt ends before that.</summary>
    Task<AttemptStart> Started { get; }

    /// <summary>Completes when the attempt has ended and its whole process tree is gone.</summary>
    Task<AttemptEnding> Ended { get; }

    /// <summary>Asks for the attempt to be ended. May be called at any time and more than once; the answer is <see cref="Ended"/>.</summary>
    /// <param name="grace">Time between SIGTERM and SIGKILL.</param>
    void Cancel(TimeSpan grace);

    /// <summary>Something to be known about it while it runs. Raised on any thread, in order; nothing is raised before somebody listens.</summary>
    event Action<AttemptSign>? Signed
    {
        add { }
        remove { }
    }

    /// <summary>Asks its supervisor for a sign of life; the answer is <see cref="AttemptSign.Alive"/>.</summary>
    void Ping()
    {
    }

    /// <summary>Changes how long it may run in all; null: for ever.</summary>
    void SetTimeLimit(TimeSpan? limit)
    {
    }

    /// <summary>Says whether the disk of its run directory is nearly full: then its log gives way first.</summary>
    void SetLowSpace(bool isLow)
    {
    }

    /// <summary>Says that alerts up to this one are in the store: its supervisor need not tell them again.</summary>
    /// <param name="at">Which one (<see cref="AttemptAlert.At"/>).</param>
    void AcknowledgeAlert(DateTimeOffset at)
    {
    }

    /// <summary>Forgets what was kept to find the attempt again. Called when its end is in the store.</summary>
    void Forget();
}

/// <summary>An attempt's command runs.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="RunDir">Absolute path of its run directory.</param>
/// <param name="At">When it was started.</param>
/// <param name="LogOffset">Where its output begins in <c>output.log</c>, in bytes; null when unknown.</param>
public sealed record AttemptStart(int Pid, string RunDir, DateTimeOffset At, long? LogOffset = null);

/// <summary>What the supervisor of an attempt tells while it runs.</summary>
public abstract record AttemptSign
{
    private AttemptSign()
    {
    }

    /// <summary>It lives.</summary>
    /// <param name="Usage">What was used so far.</param>
    /// <param name="MemoryBytes">Memory of the tree now; 0 when unknown.</param>
    /// <param name="Processes">Processes of the tree now; 0 when unknown.</param>
    public sealed record Alive(AttemptUsage Usage, long MemoryBytes, int Processes) : AttemptSign;

    /// <summary>It gives no sign of progress.</summary>
    /// <param name="Sentence">Since when, and what is done, for the user.</param>
    public sealed record Stalled(string Sentence) : AttemptSign;

    /// <summary>It goes on after it had stalled.</summary>
    public sealed record Resumed : AttemptSign;

    /// <summary>Its script wants people to know something. Told again until it is acknowledged, also to the next daemon.</summary>
    /// <param name="Alert">What.</param>
    public sealed record Alerted(AttemptAlert Alert) : AttemptSign;
}

/// <summary>An attempt could not be given a supervisor.</summary>
public sealed class RunnerException(string message, Exception? inner = null) : Exception(message, inner);
