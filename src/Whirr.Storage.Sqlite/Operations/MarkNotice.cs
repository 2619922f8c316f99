using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Columns;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Notes what came of a try to deliver. The last thousand that are settled are kept, for whoever looks for one.</summary>
internal static class MarkNotice
{
    private const int Kept = 1000;

    public static int Run(WriteSession session, long id, NoticeOutcome outcome)
    {
        var state = outcome.Delivered ? NoticeState.Delivered : outcome.GivenUp ? NoticeState.GivenUp : NoticeState.Open;
        var marked = session.Prepare(Queries.MarkNotice)
            .Bind("id", id)
            .Bind("outcome", (int)state)
            .Bind("next_try_at", outcome.NextTryAt)
            .Bind("detail", outcome.Detail)
            .Execute();
        if (state != NoticeState.Open)
        {
            session.Prepare(Queries.DeleteOldNotices).Bind("before_id", id - Kept).Execute();
        }

        return marked;
    }
}
