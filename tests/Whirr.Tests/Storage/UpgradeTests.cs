using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;
using Whirr.Tests.Architecture;

namespace Whirr.Tests.Storage;

/// <summary>Databases of released versions are brought up to date in place, with a copy beside them first.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const int TimeLimit = 30_000;

    private static readonly string Databases = Path.Combine(RepositoryRoot.Path, "tests/fixtures/databases");
    private static readonly string FirstSchema = Path.Combine(Databases, "schema-0001.db");

    /// <summary>What a daemon of that schema left when it was killed: jobs in all kinds of states, one of them running, a hold and notices under way.</summary>
    private static readonly string SecondSchema = Path.Combine(Databases, "schema-0002.db");

    private readonly TemporaryDirectory _directory = new();

    private string Database => _directory.File("whirr.db");

    private string Backup => Database + ".v1.backup";

    public static TheoryData<string> Schemas => [.. Directory.GetFiles(Databases, "schema-*.db").Select(path => Path.GetFileName(path))];

    [Theory(Timeout = TimeLimit)]
    [MemberData(nameof(Schemas))]
    public async Task The_schema_after_an_upgrade_is_that_of_a_new_database(string before)
    {
        File.Copy(Path.Combine(Databases, before), Database);
        await (await SqliteFiles.OpenStoreAsync(Database)).DisposeAsync();
        await (await SqliteFiles.OpenStoreAsync(_directory.File("new.db"))).DisposeAsync();

        Assert.Equal(Schema(_directory.File("new.db")), Schema(Database));
        Assert.Equal(["ok"], SqliteFiles.Query(Database, "PRAGMA integrity_check"));

        static List<string> Schema(string path) =>
            SqliteFiles.Query(path, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name");
    }

    [Fact(Timeout = TimeLimit)]
    public async Task What_happened_before_there_were_notices_is_not_told()
    {
        File.Copy(FirstSchema, Database);
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        var cursor = await store.FindNoticeCursorAsync(CancellationToken.None);
        Assert.NotEmpty(await store.AllEventsAsync(0, 1, CancellationToken.None));
        Assert.Empty(await store.AllEventsAsync(cursor, 1, CancellationToken.None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_backup_is_a_complete_private_database_and_is_kept()
    {
        File.Copy(FirstSchema, Database);
        await using (var store = await SqliteFiles.OpenStoreAsync(Database))
        {
            Assert.Equal(new SchemaUpgrade(1, Backup), store.Upgrade);
        }

        await using (var again = await SqliteFiles.OpenStoreAsync(Database))
        {
            Assert.Null(again.Upgrade);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        Assert.Equal([Database, Database + ".lock", Backup], Directory.GetFiles(_directory.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["1"], SqliteFiles.Query(Backup, "PRAGMA user_version"));
        Assert.Equal(["ok"], SqliteFiles.Query(Backup, "PRAGMA integrity_check"));
        Assert.Equal(
            SqliteFiles.Query(FirstSchema, "SELECT id || name || state FROM jobs ORDER BY id"),
            SqliteFiles.Query(Backup, "SELECT id || name || state FROM jobs ORDER BY id"));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task What_was_only_in_the_log_of_a_killed_daemon_is_in_the_backup()
    {
        File.Copy(FirstSchema, Database);
        using (var writer = SqliteFiles.Connect(Database))
        {
            foreach (var sql in new[] { "PRAGMA journal_mode = WAL", "UPDATE jobs SET name = 'in the log' WHERE id = 5" })
            {
                using var command = writer.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }

            foreach (var suffix in new[] { "", "-wal" })
            {
                File.Copy(Database + suffix, _directory.File("killed.db") + suffix);
            }
        }

        await using var store = await SqliteFiles.OpenStoreAsync(_directory.File("killed.db"));

        Assert.Equal("in the log", (await store.FindAsync(5, CancellationToken.None))!.Settings.Name);
        Assert.Equal(["in the log"], SqliteFiles.Query(_directory.File("killed.db.v1.backup"), "SELECT name FROM jobs WHERE id = 5"));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_new_database_needs_no_backup()
    {
        await using var store = await SqliteFiles.OpenStoreAsync(Database);

        Assert.Null(store.Upgrade);
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.backup*"));
    }

    [RootFact(Timeout = TimeLimit)]
    public async Task Without_room_for_a_backup_the_store_refuses_to_open_and_changes_nothing()
    {
        using var disk = new SmallFileSystem("256k");
        var database = disk.File("whirr.db");
        File.Copy(FirstSchema, database);
        var before = await File.ReadAllBytesAsync(database);

        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(database));

        Assert.Equal(StoreFault.Full, error.Fault);
        Assert.Contains("nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(database));
        Assert.Equal([database, database + ".lock"], Directory.GetFiles(Path.GetDirectoryName(database)!).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Jobs_of_the_first_schema_go_on_without_limits_and_what_happened_before_is_not_told_again()
    {
        File.Copy(FirstSchema, Database);
        await using var store = await SqliteFiles.OpenStoreAsync(Database);

        var jobs = await store.ListAsync(new JobFilter(), CancellationToken.None);
        Assert.All(jobs, job => Assert.Equal((JobLimits.None, RetryPolicy.Never, 0, 0), (job.Settings.Limits, job.Settings.Retry, job.RetriesUsed, job.Losses)));
        Assert.Equal([5L], (await store.ClaimAsync("here", 9, DateTimeOffset.UnixEpoch, CancellationToken.None)).Select(claimed => claimed.Job.Id));
        Assert.Equal(
            SqliteFiles.Query(FirstSchema, "SELECT CAST(max(seq) AS TEXT) FROM events"),
            SqliteFiles.Query(Database, "SELECT CAST(seq AS TEXT) FROM notice_cursor"));
    }

    [Fact]
    public void There_is_a_database_of_each_schema_before_the_current_one()
    {
        var current = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "src/Whirr.Storage.Sqlite/Migrations"), "*.sql").Length;

        Assert.Equal(Enumerable.Range(1, current - 1).Select(number => $"schema-{number:0000}.db"), Directory.GetFiles(Databases, "schema-*.db").Select(path => Path.GetFileName(path)).Order());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Jobs_attempts_events_hold_and_notices_of_the_second_schema_are_all_there()
    {
        File.Copy(SecondSchema, Database);
        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        Assert.Equal(new SchemaUpgrade(2, Database + ".v2.backup"), store.Upgrade);

        var jobs = (await store.ListAsync(new JobFilter { Limit = 100 }, CancellationToken.None)).OrderBy(job => job.Id).ToList();
        Assert.Equal(
            [
                (1, "naïve baseline", JobState.Completed, EndReason.None, 0), (2, "wrong flag", JobState.Failed, EndReason.ExitCode, 1),
                (3, "long run", JobState.Running, EndReason.None, 0), (4, "never mind", JobState.Cancelled, EndReason.CancelledByUser, 0),
                (5, "waits for its retry", JobState.Queued, EndReason.ExitCode, 1), (6, "next", JobState.Queued, EndReason.None, 0),
            ],
            jobs.Select(job => (job.Id, job.Settings.Name, job.State, job.Reason, job.RetriesUsed)));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(30)), (jobs[2].Settings.Limits.Time, jobs[2].Settings.Watch.StallAfter));
        Assert.Equal(["mail:ada@example.org"], jobs[5].Settings.Notices!.Targets);
        Assert.NotNull(await store.FindHoldAsync(CancellationToken.None));
        Assert.Equal([1L, 2L, 3L], (await store.ListOpenNoticesAsync("http://127.0.0.1:9/nobody", 10, CancellationToken.None)).Select(notice => notice.Id).Order());
        foreach (var table in new[] { "jobs", "attempts", "events", "environments", "notices", "notice_cursor", "queue_hold" })
        {
            var columns = string.Join(", ", SqliteFiles.Query(SecondSchema, $"SELECT name FROM pragma_table_info('{table}')").Select(name => $"quote({name})"));
            var all = $"SELECT concat_ws('|', {columns}) FROM {table} ORDER BY 1";
            var before = SqliteFiles.Query(SecondSchema, all);
            Assert.NotEmpty(before);
            Assert.Equal(before, SqliteFiles.Query(Database, all));
        }

        Assert.Equal(0, await store.CountRunsAsync(null, CancellationToken.None));
        Assert.Equal([6L], (await store.ClaimAsync("here", 9, DateTimeOffset.UnixEpoch, CancellationToken.None)).Select(claimed => claimed.Job.Id));
    }

    public void Dispose() => _directory.Dispose();
}
