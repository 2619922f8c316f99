using Whirr.Domain.Ports;
using Whirr.Domain.Runs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Operations;
using Whirr.Storage.Sqlite.Reading;

namespace Whirr.Storage.Sqlite;

/// <summary>The index of runs.</summary>
public sealed partial class SqliteJobStore : IRunIndex
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRoot>> ListRootsAsync(uint? ownerUid, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<RunRoot>>(
        connection => connection.Prepare(Queries.ListRunRoots).Bind("owner_uid", ownerUid).All(RunRow.ReadRoot), cancellation);

    /// <inheritdoc/>
    public Task AddRootsAsync(IReadOnlyList<RunRoot> roots, CancellationToken cancellation) =>
        _writer.WriteAsync(session => AddRunRoots.Run(session, roots), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListIndexedRootsAsync(uint ownerUid, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<string>>(
        connection => connection.Prepare(Queries.ListIndexedRoots).Bind("owner_uid", ownerUid).All(static row => row.Text("root")), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<KnownRun>> ListKnownAsync(uint ownerUid, string root, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<KnownRun>>(
            connection => connection.Prepare(Queries.ListKnownRuns).Bind("owner_uid", ownerUid).Bind("root", root).All(RunRow.ReadKnown), cancellation);

    /// <inheritdoc/>
    public Task ChangeRunsAsync(
        uint ownerUid, string root, IReadOnlyList<FoundRun> found, IReadOnlyList<string> gone, CancellationToken cancellation) =>
        _writer.WriteAsync(session => ChangeRuns.Run(session, ownerUid, root, found, gone), cancellation);

    /// <inheritdoc/>
    public Task ForgetRunsAsync(uint? ownerUid, CancellationToken cancellation) =>
        _writer.WriteAsync(session => ForgetRuns.Run(session, ownerUid), cancellation);

    /// <inheritdoc/>
    public Task<RunPage> ListRunsAsync(RunQuery query, CancellationToken cancellation) =>
        _readers.ReadAsync(connection => RunList.Read(connection, query), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunEntry>> FindRunsAsync(uint? ownerUid, string idBegin, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<RunEntry>>(
            connection => connection.Prepare(Queries.FindRuns)
                .Bind("owner_uid", ownerUid)
                .Bind("id_begin", idBegin)
                .Bind("max", max)
                .All(RunRow.Read),
            cancellation);

    /// <inheritdoc/>
    public Task<long> CountRunsAsync(uint? ownerUid, CancellationToken cancellation) => _readers.ReadAsync(
        connection => connection.Prepare(Queries.CountRuns).Bind("owner_uid", ownerUid).Single(static row => row.Int64("runs")), cancellation);
}
