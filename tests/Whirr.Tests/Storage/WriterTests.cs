using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Tests.Storage;

public sealed class WriterTests : IAsyncLifetime, IDisposable
{
    private const int TimeLimit = 30_000;
    private const int Capacity = 4;

    private readonly TemporaryDirectory _directory = new();
    private readonly StateTally _tally = new();
    private readonly ManualResetEventSlim _gate = new();
    private StoreWriter? _writer;

    private string Database => _directory.File("plain.db");

    private StoreWriter Writer => _writer!;

    public Task InitializeAsync()
    {
        var connection = Connection.OpenForWriting(Database);
        connection.Execute("PRAGMA journal_mode = WAL; CREATE TABLE numbers (n INTEGER UNIQUE);");
        _writer = new StoreWriter(connection, _tally, Database, Capacity);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _gate.Set();
        await Writer.DisposeAsync();
    }

    public void Dispose()
    {
        _gate.Dispose();
        _directory.Dispose();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_write_that_fails_undoes_only_itself()
    {
        var holding = HoldTheWriter();
        var good = InsertAsync(1);
        var bad = Writer.WriteAsync<int>(
            session =>
            {
                Insert(session, 2);
                session.Changes.Enter(JobState.Failed);
                throw new InvalidTimeZoneException();
            },
            CancellationToken.None);
        var alsoGood = InsertAsync(3);
        _gate.Set();
        await Task.WhenAll(holding, good, alsoGood);

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => bad);
        Assert.Equal(["1", "3"], Numbers());
        Assert.Equal(new Dictionary<JobState, long> { [JobState.Queued] = 2 }, _tally.Snapshot());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task When_the_whole_transaction_is_lost_each_write_gets_a_second_chance_of_its_own()
    {
        var holding = HoldTheWriter();
        var good = InsertAsync(1);
        var bad = Writer.WriteAsync<int>(
            session =>
            {
                // What SQLite does by itself when the disk is full.
                session.Connection.Rollback();
                throw new InvalidTimeZoneException();
            },
            CancellationToken.None);
        var alsoGood = InsertAsync(3);
        _gate.Set();
        await Task.WhenAll(holding, good, alsoGood);

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => bad);
        Assert.Equal(["1", "3"], Numbers());
        Assert.Equal(new Dictionary<JobState, long> { [JobState.Queued] = 2 }, _tally.Snapshot());
        await InsertAsync(4);
        Assert.Equal(["1", "3", "4"], Numbers());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task What_gathers_during_a_commit_shares_the_next_one()
    {
        var holding = HoldTheWriter();
        var gathered = Enumerable.Range(1, Capacity).Select(InsertAsync).ToList();
        _gate.Set();
        await Task.WhenAll(gathered.Append(holding));

        Assert.Equal(Capacity, Numbers().Count);
        Assert.All(await Task.WhenAll(gathered), committedBefore => Assert.Equal(0, committedBefore));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_caller_that_gives_up_before_its_turn_has_changed_nothing()
    {
        using var impatience = new CancellationTokenSource();
        var holding = HoldTheWriter();
        var withdrawn = Writer.WriteAsync(session => Insert(session, 1), impatience.Token);
        var other = InsertAsync(2);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        _gate.Set();
        await Task.WhenAll(holding, other);

        Assert.Equal(["2"], Numbers());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_caller_that_gives_up_too_late_is_told_of_its_success()
    {
        using var impatience = new CancellationTokenSource();
        var taken = new TaskCompletionSource();
        var write = Writer.WriteAsync(
            session =>
            {
                taken.SetResult();
                _gate.Wait();
                return Insert(session, 1);
            },
            impatience.Token);
        await taken.Task;
        await impatience.CancelAsync();
        _gate.Set();

        await write;
        Assert.Equal(["1"], Numbers());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_caller_beyond_the_capacity_waits_and_can_give_up()
    {
        using var impatience = new CancellationTokenSource();
        var holding = HoldTheWriter();
        var queued = Enumerable.Range(1, Capacity).Select(InsertAsync).ToList();
        var tooMany = Writer.WriteAsync(session => Insert(session, 99), impatience.Token);
        Assert.False(tooMany.IsCompleted);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tooMany);
        _gate.Set();
        await Task.WhenAll(queued.Append(holding));

        Assert.DoesNotContain("99", Numbers());
        Assert.Equal(Capacity, Numbers().Count);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Closing_finishes_what_is_queued_and_refuses_what_comes_after()
    {
        var holding = HoldTheWriter();
        var queued = InsertAsync(1);
        var closing = Writer.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        var late = Writer.WriteAsync(session => Insert(session, 2), CancellationToken.None);
        _gate.Set();
        await Task.WhenAll(holding, queued, closing);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => late);
        Assert.Equal(["1"], Numbers());
    }

    /// <summary>Occupies the writer until the gate is opened; returns when the writer is in it.</summary>
    private Task<int> HoldTheWriter()
    {
        using var inside = new ManualResetEventSlim();
        var holding = Writer.WriteAsync(
            _ =>
            {
                inside.Set();
                _gate.Wait();
                return 0;
            },
            CancellationToken.None);
        inside.Wait();
        return holding;
    }

    private Task<int> InsertAsync(int number) => Writer.WriteAsync(session => Insert(session, number), CancellationToken.None);

    /// <summary>Inserts a number.</summary>
    /// <returns>How many numbers were committed before.</returns>
    private int Insert(WriteSession session, int number)
    {
        session.Connection.Execute($"INSERT INTO numbers VALUES ({number})");
        session.Changes.Enter(JobState.Queued);
        return Numbers().Count;
    }

    // A connection of its own sees only what is committed.
    private List<string> Numbers() => SqliteFiles.Query(Database, "SELECT n FROM numbers ORDER BY n");
}
