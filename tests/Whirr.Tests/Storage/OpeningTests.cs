using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;
using Whirr.Tests.Architecture;

namespace Whirr.Tests.Storage;

public sealed class OpeningTests : IDisposable
{
    private const int TimeLimit = 30_000;

    private readonly TemporaryDirectory _directory = new();

    private string Database => _directory.File("whirr.db");

    [Fact(Timeout = TimeLimit)]
    public async Task A_new_database_is_private_durable_and_marked_as_ours()
    {
        await using (await SqliteFiles.OpenStoreAsync(Database))
        {
            var everybody = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            Assert.All(Directory.GetFiles(_directory.Path), file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & everybody));
        }

        Assert.Equal(["wal"], SqliteFiles.Query(Database, "PRAGMA journal_mode"));
        Assert.Equal(["2003331442"], SqliteFiles.Query(Database, "PRAGMA application_id"));
        Assert.Equal([$"{SqliteJobStore.NewestSchemaVersion}"], SqliteFiles.Query(Database, "PRAGMA user_version"));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_newer_database_is_refused_and_left_as_it_is()
    {
        await MakeDatabaseAsync();
        SqliteFiles.Query(Database, "PRAGMA user_version = 99; ");

        var error = await RefusedAsync(StoreFault.Newer);

        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{SqliteJobStore.NewestSchemaVersion}", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        SqliteFiles.Query(Database, "CREATE TABLE theirs (id INTEGER); ");

        await RefusedAsync(StoreFault.Corrupt);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("x")]
    [InlineData("this is a text file, and it is longer than the hundred bytes that the header of a database has: .....................")]
    public async Task A_file_that_is_not_a_database_is_refused_and_left_as_it_is(string content)
    {
        await File.WriteAllTextAsync(Database, content);

        await RefusedAsync(StoreFault.Corrupt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_database_that_is_cut_short_is_refused_and_left_as_it_is()
    {
        await MakeDatabaseAsync();
        await using (var file = new FileStream(Database, FileMode.Open))
        {
            file.SetLength(file.Length - 4096);
        }

        await RefusedAsync(StoreFault.Corrupt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_damaged_database_is_refused_and_left_as_it_is()
    {
        await MakeDatabaseAsync();
        await using (var file = new FileStream(Database, FileMode.Open))
        {
            file.Position = 4096;
            await file.WriteAsync(new byte[(int)file.Length - 4096]);
        }

        await RefusedAsync(StoreFault.Corrupt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_damaged_database_with_a_log_keeps_both()
    {
        await CrashAsync();
        await using (var file = new FileStream(Database, FileMode.Open))
        {
            file.Position = 4096;
            await file.WriteAsync(new byte[(int)file.Length - 4096]);
        }

        // The log may cover the damage; without its frames the pages below it count.
        await File.WriteAllBytesAsync(Database + "-wal", new byte[512]);
        var before = (await File.ReadAllBytesAsync(Database), await File.ReadAllBytesAsync(Database + "-wal"));

        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(Database));

        Assert.Equal(StoreFault.Corrupt, error.Fault);
        Assert.Equal(before.Item1, await File.ReadAllBytesAsync(Database));
        Assert.Equal(before.Item2, await File.ReadAllBytesAsync(Database + "-wal"));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_log_without_its_database_is_refused()
    {
        await CrashAsync();
        File.Delete(Database);

        await RefusedAsync(StoreFault.Corrupt);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task An_empty_file_becomes_a_database()
    {
        await File.WriteAllBytesAsync(Database, []);

        await using var store = await SqliteFiles.OpenStoreAsync(Database);

        Assert.Equal(SqliteJobStore.NewestSchemaVersion, store.SchemaVersion);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_missing_directory_is_named_with_the_command_that_makes_it()
    {
        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(_directory.File("nowhere/whirr.db")));

        Assert.Equal(StoreFault.Io, error.Fault);
        Assert.Contains($"mkdir -p -m 700 {_directory.File("nowhere")}", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_second_store_in_the_same_process_is_refused_and_the_first_goes_on()
    {
        await using var first = await SqliteFiles.OpenStoreAsync(Database);

        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(Database));

        Assert.Equal(StoreFault.InUse, error.Fault);
        Assert.Empty(await first.ListAsync(new JobFilter(), CancellationToken.None));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Another_process_has_the_database_until_it_is_killed()
    {
        using var other = new StoreProcess("hold", Database);
        Assert.Equal("open", await other.Output.ReadLineAsync());
        Assert.Equal(StoreFault.InUse, (await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(Database))).Fault);

        await other.KillAsync();

        await using var store = await SqliteFiles.OpenStoreAsync(Database);
        Assert.Empty(await store.CountAsync(CancellationToken.None));
    }

    [RootFact(Timeout = TimeLimit)]
    public async Task A_database_that_cannot_be_written_is_refused()
    {
        using var disk = new SmallFileSystem("4m");
        var path = disk.File("whirr.db");
        await (await SqliteFiles.OpenStoreAsync(path)).DisposeAsync();
        disk.MakeReadOnly();

        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(path));
        Assert.Equal(StoreFault.ReadOnly, error.Fault);

        disk.MakeWritable();
        await (await SqliteFiles.OpenStoreAsync(path)).DisposeAsync();
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_closed_store_refuses_further_calls_and_may_be_closed_twice()
    {
        var store = await SqliteFiles.OpenStoreAsync(Database);
        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.AddAsync([], CancellationToken.None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.FindAsync(1, CancellationToken.None));
        Assert.False(File.Exists(Database + "-wal"));
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_database_of_the_first_schema_opens_with_its_jobs()
    {
        File.Copy(Path.Combine(RepositoryRoot.Path, "tests/fixtures/databases/schema-0001.db"), Database);

        await using var store = await SqliteFiles.OpenStoreAsync(Database);

        var jobs = await store.ListAsync(new JobFilter { Order = JobOrder.OldestFirst }, CancellationToken.None);
        Assert.Equal([JobState.Completed, JobState.Failed, JobState.Cancelled, JobState.Running, JobState.Queued], jobs.Select(job => job.State));
        Assert.Equal("naïve baseline", jobs[0].Settings.Name);
        Assert.Equal((1, 0), (jobs[0].Attempt!.Key.Number, jobs[0].Attempt!.ExitCode));
        Assert.Equal(4, (await store.EventsAsync(jobs[0].Id, 0, 10, CancellationToken.None)).Count);
    }

    public void Dispose() => _directory.Dispose();

    private async Task MakeDatabaseAsync()
    {
        await (await SqliteFiles.OpenStoreAsync(Database)).DisposeAsync();
        File.Delete(Database + ".lock");
    }

    /// <summary>Leaves a database as a killed daemon does.</summary>
    private async Task CrashAsync()
    {
        using var adder = new StoreProcess("add", Database);
        Assert.NotNull(await adder.Output.ReadLineAsync());
        await adder.KillAsync();
        File.Delete(Database + ".lock");
        File.Delete(Database + "-shm");
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
    }

    private async Task<StoreException> RefusedAsync(StoreFault fault)
    {
        var before = SqliteFiles.Snapshot(_directory.Path);
        var error = await Assert.ThrowsAsync<StoreException>(() => SqliteFiles.OpenStoreAsync(Database));
        Assert.Equal(fault, error.Fault);
        Assert.Contains(Database, error.Message, StringComparison.Ordinal);

        // A lock file is left where the fault is only found under the lock; nothing else may change.
        var after = SqliteFiles.Snapshot(_directory.Path);
        after.Remove(Database + ".lock");
        Assert.Equal(before, after);
        return error;
    }
}
