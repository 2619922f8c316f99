using Microsoft.Extensions.Logging.Abstractions;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine;
using Whirr.Engine.Attempts;
using Whirr.Engine.Faults;
using Whirr.Engine.Queue;
using Whirr.Storage.Sqlite;

namespace Whirr.Tests.Engine;

/// <summary>The engine on a real store, with a clock and a runner that the test moves.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    public static readonly JobOwner Alice = new(1000, 1000, [1000], "alice");
    public static readonly JobOwner Bob = new(1001, 1001, [1001], "bob");
    public static readonly JobOwner Root = new(0, 0, [], "root");

    private readonly string _directory = Directory.CreateTempSubdirectory("whirr-engine-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private Dispatcher _dispatcher = null!;
    private Rescuer _rescuer = null!;
    private PauseKeeper _pauses = null!;
    private SignRecorder _signs = null!;

    private EngineFixture()
    {
    }

    public ManualTime Time { get; } = new();

    public ScriptedRunner Runner { get; } = new();

    public IJobStore Store { get; private set; } = null!;

    public FlakyStore Flaky { get; private set; } = null!;

    public SqliteJobStore Sqlite { get; private set; } = null!;

    public QueueHolds Holds { get; private set; } = null!;

    public Troubles Troubles { get; } = new();

    public TimeExtender Extender { get; private set; } = null!;

    public LeaseKeeper Leases { get; private set; } = null!;

    public EngineOptions Options { get; } = new() { Node = "here", StateDir = "/state", RunsDir = "/runs" };

    public JobChanges Changes { get; } = new();

    public LiveAttempts Live { get; private set; } = null!;

    public JobQueue Queue { get; private set; } = null!;

    /// <summary>Every test has a time limit.</summary>
    public CancellationToken Limit => _limit.Token;

    public static async Task<EngineFixture> StartAsync(int slots = 2, Func<EngineFixture, Task>? beforeStart = null)
    {
        var fixture = new EngineFixture();
        var sqlite = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = Path.Combine(fixture._directory, "whirr.db") });
        fixture.Sqlite = sqlite;
        fixture.Holds = new QueueHolds(sqlite);
        fixture.Store = fixture.Flaky = new FlakyStore(sqlite);
        fixture.Live = new LiveAttempts(slots);
        if (beforeStart is not null)
        {
            await beforeStart(fixture);
        }

        fixture._signs = new SignRecorder(sqlite, fixture.Store, fixture.Changes, fixture.Time, NullLogger<SignRecorder>.Instance);
        var follower = new AttemptFollower(fixture.Store, fixture.Runner, fixture.Live, fixture.Changes, fixture._signs, NoFaults.Instance, fixture.Time, NullLogger<AttemptFollower>.Instance);
        var gate = new StartGate();
        var adopter = new Adopter(fixture.Store, fixture.Live, follower, NoFaults.Instance, NullLogger<Adopter>.Instance);
        fixture._dispatcher = new Dispatcher(fixture.Store, fixture.Live, follower, gate, fixture.Holds, fixture.Troubles, fixture.Options, fixture.Time, NullLogger<Dispatcher>.Instance);
        fixture._rescuer = new Rescuer(fixture.Store, fixture.Runner, adopter, fixture.Live, gate, fixture._dispatcher, fixture.Time, NullLogger<Rescuer>.Instance);
        fixture.Queue = new JobQueue(fixture.Store, fixture.Changes, fixture.Live, fixture._dispatcher, NoFaults.Instance, fixture.Time);
        fixture.Extender = new TimeExtender(fixture.Store, sqlite, fixture.Live, fixture.Changes, fixture.Time);
        fixture.Leases = new LeaseKeeper(
            sqlite, fixture.Store, fixture.Live, fixture.Changes, () => LeaseSettings.Default, fixture.Time, NullLogger<LeaseKeeper>.Instance);
        fixture._pauses = new PauseKeeper(sqlite, follower, fixture.Changes, fixture._dispatcher, fixture.Time, NullLogger<PauseKeeper>.Instance);
        await fixture._signs.StartAsync(fixture.Limit);
        await fixture._pauses.StartAsync(fixture.Limit);
        await fixture._dispatcher.StartAsync(fixture.Limit);
        await fixture._rescuer.StartAsync(fixture.Limit);
        return fixture;
    }

    public static NewJob Describe(string name, JobOwner owner, DateTimeOffset at, int priority = 0, OnLost onLost = OnLost.Requeue, int maxAttempts = 3) => new(
        new JobSettings
        {
            Uid = Guid.CreateVersion7(),
            Name = name,
            Priority = priority,
            CommandArgv = ["/bin/true"],
            Workdir = "/",
            KillGracePeriod = TimeSpan.FromSeconds(7),
            OnLost = onLost,
            OnDaemonLoss = OnDaemonLoss.Keep,
            MaxAttempts = maxAttempts,
        },
        owner,
        "A=1\0"u8.ToArray(),
        at);

    public async Task<long> SubmitAsync(Func<JobSettings, JobSettings> change)
    {
        var job = Describe("job", Alice, Time.GetUtcNow());
        return (await Queue.SubmitAsync([job with { Settings = change(job.Settings) }], Limit))[0].Id;
    }

    public async Task<long> SubmitAsync(string name = "job", JobOwner? owner = null, int priority = 0, OnLost onLost = OnLost.Requeue, int maxAttempts = 3)
    {
        var added = await Queue.SubmitAsync([Describe(name, owner ?? Alice, Time.GetUtcNow(), priority, onLost, maxAttempts)], Limit);
        return added[0].Id;
    }

    public Task<ScriptedAttempt> NextAttemptAsync() => Runner.NextAsync(Limit);

    /// <summary>Waits until the store shows the job in a state.</summary>
    public async Task<Job> BecomesAsync(long jobId, JobState state)
    {
        using var subscription = Changes.Subscribe(jobId);
        while (true)
        {
            var job = await Store.FindAsync(jobId, Limit) ?? throw new InvalidOperationException($"no job {jobId}");
            if (job.State == state)
            {
                return job;
            }

            await subscription.NextAsync(Limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _dispatcher.StopAsync(CancellationToken.None);
        await _rescuer.StopAsync(CancellationToken.None);
        await _pauses.StopAsync(CancellationToken.None);
        await _signs.StopAsync(CancellationToken.None);
        _pauses.Dispose();
        _signs.Dispose();
        Leases.Dispose();
        _dispatcher.Dispose();
        _rescuer.Dispose();
        await Store.DisposeAsync();
        Time.Dispose();
        _limit.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
