using System.Globalization;

namespace Whirr.Tests.Storage;

public sealed class CrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact(Timeout = 120_000)]
    public async Task Every_acknowledged_job_is_there_after_kill_9_at_any_moment()
    {
        var database = _directory.File("whirr.db");
        var random = new Random();
        var acknowledged = new Dictionary<long, Guid>();
        for (var round = 0; round < 10; round++)
        {
            using var adder = new StoreProcess("add", database);
            for (var lines = random.Next(1, 2000); lines > 0; lines--)
            {
                Note(await adder.Output.ReadLineAsync());
            }

            await adder.KillAsync();

            // What was said before the kill is still in the pipe, and counts.
            while (await adder.Output.ReadLineAsync() is { } line)
            {
                Note(line);
            }

            await using (var store = await SqliteFiles.OpenStoreAsync(database))
            {
                foreach (var (id, uid) in acknowledged)
                {
                    Assert.Equal(uid, (await store.FindAsync(id, CancellationToken.None))?.Settings.Uid);
                }

                Assert.Equal(["ok"], SqliteFiles.Query(database, "PRAGMA integrity_check"));
                Assert.Equal(
                    SqliteFiles.Query(database, "SELECT count(*) FROM jobs"), SqliteFiles.Query(database, "SELECT count(*) FROM events"));
            }
        }

        void Note(string? line)
        {
            var parts = Assert.IsType<string>(line).Split(' ');
            acknowledged.Add(long.Parse(parts[0], CultureInfo.InvariantCulture), Guid.Parse(parts[1]));
        }
    }

    public void Dispose() => _directory.Dispose();
}
