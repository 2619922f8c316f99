using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine;
using Whirr.Engine.Notices;
using Whirr.Engine.Queue;
using Whirr.Linux.Processes;
using Whirr.Runners.Process;
using Whirr.Storage.Sqlite;
using Whirr.Tests.Engine;

namespace Whirr.Tests.Notices;

/// <summary>Notifier and sender on a real store and real logs, with channels and a clock that the test moves.</summary>
internal sealed class NoticeFixture : IAsyncDisposable
{
    private readonly string _directory;
    private readonly bool _keep;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private readonly RunLogs _logs = new(systemMode: false);
    private SqliteJobStore _store = null!;
    private Notifier? _notifier;
    private NoticeSender? _sender;

    private NoticeFixture(string? directory, bool keep)
    {
        _directory = directory ?? System.IO.Directory.CreateTempSubdirectory("whirr-notices-").FullName;
        _keep = keep;
    }

    public ManualTime Time { get; } = new();

    public JobChanges Changes { get; } = new();

    public Troubles Troubles { get; } = new();

    public NoticeDefaults Defaults { get; set; } = new(NoticeEvents.Failure, ["test:a"], 20);

    public TestChannel Channel { get; } = new("test:");

    public TestChannel Other { get; } = new("other:");

    public SqliteJobStore Store => _store;

    public INoticeStore Outbox { get; set; } = null!;

    public string Directory => _directory;

    public CancellationToken Limit => _limit.Token;

    public JobOwner Owner { get; } = new(CurrentProcess.EffectiveUid, 0, [], "alice");

    /// <summary>Opens the store; nothing runs yet.</summary>
    public static async Task<NoticeFixture> OpenAsync(string? directory = null, bool keep = false)
    {
        var fixture = new NoticeFixture(directory, keep);
        fixture._store = await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = Path.Combine(fixture._directory, "whirr.db") });
        fixture.Outbox = fixture._store;
        return fixture;
    }

    public static async Task<NoticeFixture> StartAsync()
    {
        var fixture = await OpenAsync();
        await fixture.RunAsync();
        return fixture;
    }

    public async Task RunAsync(bool send = true)
    {
        var composer = new NoticeComposer(_store, new LogExcerpt(_logs), new EngineOptions { Node = "gpu1" }, () => Defaults, Time);
        _sender = new NoticeSender(Outbox, composer, [Channel, Other], Time, NullLogger<NoticeSender>.Instance);
        _notifier = new Notifier(_store, Outbox, Changes, Troubles, _sender, () => Defaults, Time, NullLogger<Notifier>.Instance);
        await _notifier.StartAsync(Limit);
        if (send)
        {
            await _sender.StartAsync(Limit);
        }
    }

    public async Task<Job> SubmitAsync(NoticeSettings? notices = null, string name = "train.py")
    {
        var settings = Samples.Job(name).Settings with { Uid = Guid.CreateVersion7(), Notices = notices };
        var added = await _store.AddAsync([new NewJob(settings, Owner, ReadOnlyMemory<byte>.Empty, Time.GetUtcNow())], Limit);
        Changes.Publish(added[0].Id);
        return (await _store.FindAsync(added[0].Id, Limit))!;
    }

    /// <summary>Starts the oldest queued job, with some output.</summary>
    public async Task<Job> StartJobAsync(string log = "")
    {
        var claimed = (await _store.ClaimAsync("gpu1", 1, Time.GetUtcNow(), Limit))[0].Job;
        var runDir = Path.Combine(_directory, $"job-{claimed.Id}");
        System.IO.Directory.CreateDirectory(runDir);
        await File.WriteAllTextAsync(Path.Combine(runDir, "output.log"), log);
        await _store.MarkStartedAsync(claimed.Attempt!.Key, new AttemptStart(4711, runDir, Time.GetUtcNow()), Limit);
        return (await _store.FindAsync(claimed.Id, Limit))!;
    }

    /// <summary>Ends an attempt as the engine does.</summary>
    public async Task EndJobAsync(Job running, int code)
    {
        var ending = new AttemptEnding.Exited(code, 0, EndedBy.Itself) { EndedAt = Time.GetUtcNow() };
        var verdict = AttemptVerdict.Decide(running, ending);
        var to = JobTransitions.Require(running.State, verdict.Trigger);
        Assert.True(await _store.EndAttemptAsync(new AttemptEnd(running.Attempt!.Key, running.State, ending, verdict, to), Limit));
        Changes.Publish(running.Id);
    }

    /// <summary>A job that ran and ended.</summary>
    public async Task<Job> RunJobAsync(int code, NoticeSettings? notices = null, string log = "")
    {
        var job = await SubmitAsync(notices);
        await EndJobAsync(await StartJobAsync(log), code);
        return job;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in (Microsoft.Extensions.Hosting.BackgroundService?[])[_notifier, _sender])
        {
            if (loop is not null)
            {
                await loop.StopAsync(CancellationToken.None);
                loop.Dispose();
            }
        }

        await _store.DisposeAsync();
        _logs.Dispose();
        Time.Dispose();
        _limit.Dispose();
        if (!_keep)
        {
            System.IO.Directory.Delete(_directory, recursive: true);
        }
    }
}

/// <summary>A channel that hands what it gets to the test, and fails when it is told to.</summary>
internal sealed class TestChannel(string prefix) : INoticeChannel
{
    private readonly System.Threading.Channels.Channel<(string Target, NoticeMessage Message)> _sent =
        System.Threading.Channels.Channel.CreateUnbounded<(string, NoticeMessage)>();

    private int _underway;

    /// <summary>What a target does; nothing: it takes the notice.</summary>
    public ConcurrentDictionary<string, Func<Task>> Does { get; } = new();

    /// <summary>The most deliveries that were under way at once.</summary>
    public int Most { get; private set; }

    /// <summary>Nothing was sent that the test has not seen.</summary>
    public bool IsQuiet => _sent.Reader.Count == 0;

    public bool IsForPeople { get; set; }

    public bool Takes(string target) => target.StartsWith(prefix, StringComparison.Ordinal);

    public string Describe(string target) => target;

    public async Task<(string Target, NoticeMessage Message)> NextAsync(CancellationToken cancellation) => await _sent.Reader.ReadAsync(cancellation);

    public async Task SendAsync(string target, NoticeMessage message, CancellationToken cancellation)
    {
        lock (_sent)
        {
            Most = Math.Max(Most, ++_underway);
        }

        _sent.Writer.TryWrite((target, message));
        try
        {
            await (Does.TryGetValue(target, out var does) ? does() : Task.CompletedTask).WaitAsync(cancellation);
        }
        finally
        {
            lock (_sent)
            {
                _underway--;
            }
        }
    }
}
