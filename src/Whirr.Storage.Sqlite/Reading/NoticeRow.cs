using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>Makes a notice from a row of the table <c>notices</c>.</summary>
internal static class NoticeRow
{
    public static Notice Read(Statement row) => new(
        row.Int64("id"),
        new NewNotice(
            row.IsNull("job_id") ? null : row.Int64("job_id"),
            (NoticeEvents)row.Int32("event"),
            row.Text("target"),
            row.Int64("seq"),
            row.Time("created_at"),
            row.NullableText("text")),
        row.Int32("tries"),
        row.Time("next_try_at"),
        row.Int32("open_of_target"));
}
