using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Makes an event from a row of the table <c>events</c>.</summary>
internal static class EventRow
{
    public static JobEvent Read(Statement row) => new()
    {
        Seq = row.Int64("seq"),
        JobId = row.Int64("job_id"),
        At = row.Time("at"),
        Trigger = (JobTrigger)row.Int32("trigger"),
        Attempt = row.Int32("attempt"),
        From = (JobState)row.Int32("from_state"),
        To = (JobState)row.Int32("to_state"),
        Reason = (EndReason)row.Int32("reason"),
        Detail = row.NullableText("detail"),
    };
}
