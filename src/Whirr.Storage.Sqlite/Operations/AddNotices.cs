using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Puts notices into the outbox, and remembers up to which event they were made.</summary>
internal static class AddNotices
{
    public static int Run(WriteSession session, long cursor, IReadOnlyList<NewNotice> notices)
    {
        foreach (var notice in notices)
        {
            session.Prepare(Queries.InsertNotice)
                .Bind("job_id", notice.JobId)
                .Bind("event", (int)notice.Event)
                .Bind("target", notice.Target)
                .Bind("seq", notice.Seq)
                .Bind("created_at", notice.CreatedAt)
                .Bind("text", notice.Text)
                .Execute();
        }

        return session.Prepare(Queries.SetNoticeCursor).Bind("seq", cursor).Execute();
    }
}
