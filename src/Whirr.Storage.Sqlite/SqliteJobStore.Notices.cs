using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Operations;
using Whirr.Storage.Sqlite.Reading;

namespace Whirr.Storage.Sqlite;

/// <summary>The outbox of notices.</summary>
public sealed partial class SqliteJobStore : INoticeStore
{
    /// <inheritdoc/>
    public Task<long> FindNoticeCursorAsync(CancellationToken cancellation) => _readers.ReadAsync(
        connection => connection.Prepare(Queries.FindNoticeCursor).Single(static row => row.Int64("seq")), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> AllEventsAsync(long afterSeq, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<JobEvent>>(
            connection => connection.Prepare(Queries.ListAllEvents).Bind("after_seq", afterSeq).Bind("max", max).All(EventRow.Read), cancellation);

    /// <inheritdoc/>
    public Task AddNoticesAsync(long cursor, IReadOnlyList<NewNotice> notices, CancellationToken cancellation) =>
        _writer.WriteAsync(session => AddNotices.Run(session, cursor, notices), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Notice>> ListNextNoticesAsync(int max, CancellationToken cancellation) => _readers.ReadAsync<IReadOnlyList<Notice>>(
        connection => connection.Prepare(Queries.ListNextNotices).Bind("max", max).All(NoticeRow.Read), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Notice>> ListOpenNoticesAsync(string target, int max, CancellationToken cancellation) =>
        _readers.ReadAsync<IReadOnlyList<Notice>>(
            connection => connection.Prepare(Queries.ListOpenNotices).Bind("target", target).Bind("max", max).All(NoticeRow.Read), cancellation);

    /// <inheritdoc/>
    public Task MarkNoticeAsync(long id, NoticeOutcome outcome, CancellationToken cancellation) =>
        _writer.WriteAsync(session => MarkNotice.Run(session, id, outcome), cancellation);
}
