using System.Threading.Channels;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;

namespace Whirr.Tests.Engine;

/// <summary>A runner whose attempts do what the test says.</summary>
internal sealed class ScriptedRunner : IRunner
{
    private readonly Channel<ScriptedAttempt> _attempts = Channel.CreateUnbounded<ScriptedAttempt>();

    /// <summary>What StartAsync throws while it is set.</summary>
    public RunnerException? Trouble { get; set; }

    /// <summary>StartAsync returns no earlier than this.</summary>
    public Task Barrier { get; set; } = Task.CompletedTask;

    public async Task<IAttempt> StartAsync(ClaimedJob claimed, CancellationToken cancellation)
    {
        await Barrier;
        return Trouble is { } trouble ? throw trouble : Make(claimed.Job, adopted: false);
    }

    public Task<IAttempt> AdoptAsync(Job job, CancellationToken cancellation) => Task.FromResult<IAttempt>(Make(job, adopted: true));

    public void ForgetAllBut(IReadOnlyCollection<AttemptKey> live) => Kept = live;

    /// <summary>The attempts that the engine called live when it started.</summary>
    public IReadOnlyCollection<AttemptKey>? Kept { get; private set; }

    /// <summary>The next attempt that was started or adopted.</summary>
    public async Task<ScriptedAttempt> NextAsync(CancellationToken cancellation) => await _attempts.Reader.ReadAsync(cancellation);

    /// <summary>True when no attempt was started that the test has not taken.</summary>
    public bool IsQuiet => _attempts.Reader.Count == 0;

    private ScriptedAttempt Make(Job job, bool adopted)
    {
        var attempt = new ScriptedAttempt(job.Attempt!.Key, adopted);
        _attempts.Writer.TryWrite(attempt);
        return attempt;
    }
}

/// <summary>An attempt that starts and ends when the test says so.</summary>
internal sealed class ScriptedAttempt(AttemptKey key, bool adopted) : IAttempt
{
    private readonly TaskCompletionSource<AttemptStart> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<AttemptEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TimeSpan> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _forgotten = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AttemptKey Key => key;

    public bool Adopted => adopted;

    public Task<AttemptStart> Started => _started.Task;

    public Task<AttemptEnding> Ended => _ended.Task;

    /// <summary>Completes with the grace when the engine asks for the end.</summary>
    public Task<TimeSpan> Cancelled => _cancelled.Task;

    public Task Forgotten => _forgotten.Task;

    public event Action<AttemptSign>? Signed;

    /// <summary>How often the engine asked for a sign of life.</summary>
    public int Pings { get; private set; }

    /// <summary>The time limits that the engine sent, in order.</summary>
    public List<TimeSpan?> TimeLimits { get; } = [];

    /// <summary>Whether the engine last called its disk nearly full; null: it never said.</summary>
    public bool? LowSpace { get; private set; }

    public void Ping() => Pings++;

    public void SetTimeLimit(TimeSpan? limit) => TimeLimits.Add(limit);

    public void SetLowSpace(bool isLow) => LowSpace = isLow;

    /// <summary>The alerts that the engine acknowledged, in order.</summary>
    public List<DateTimeOffset> Acknowledged { get; } = [];

    public void AcknowledgeAlert(DateTimeOffset at) => Acknowledged.Add(at);

    public void Say(AttemptSign sign) => Signed?.Invoke(sign);

    public void Live() => Say(new AttemptSign.Alive(default, 0, 1));

    public void Cancel(TimeSpan grace) => _cancelled.TrySetResult(grace);

    public void Forget() => _forgotten.TrySetResult();

    public void Start(DateTimeOffset at) => _started.TrySetResult(new AttemptStart(4711, $"/runs/job-{key.JobId}", at));

    public void End(AttemptEnding ending)
    {
        _started.TrySetCanceled();
        _ended.TrySetResult(ending);
    }

    public void Exit(int code, DateTimeOffset at, EndedBy by = EndedBy.Itself) => End(new AttemptEnding.Exited(code, 0, by) { EndedAt = at });

    public void RefuseToStart(DateTimeOffset at) => End(new AttemptEnding.NotRun(EndReason.DiskFull, "no room") { EndedAt = at });

    public void Vanish(DateTimeOffset at) => End(new AttemptEnding.Vanished(EndReason.KeeperDied, "the keeper died") { EndedAt = at });
}
