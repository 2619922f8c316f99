using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite;

namespace Whirr.Tests.Storage;

/// <summary>The SQLite store passes the suite.</summary>
public sealed class SqliteJobStoreTests : JobStoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected override async Task<IJobStore> OpenAsync() =>
        await SqliteJobStore.OpenAsync(new SqliteJobStoreOptions { Path = _directory.File("whirr.db") });

    public void Dispose() => _directory.Dispose();
}
