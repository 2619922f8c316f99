using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Writing;

/// <summary>What a write operation works with; used by the writer's thread only.</summary>
internal sealed class WriteSession(Connection connection)
{
    public Connection Connection { get; } = connection;

    /// <summary>Changes of state by the operation that runs; they count once it is committed.</summary>
    public StateChanges Changes { get; } = new();

    public JsonText Json { get; } = new();

    public Statement Prepare(Query query) => Connection.Prepare(query);

    /// <summary>Appends one line to the log of a job.</summary>
    public void AppendEvent(
        long jobId, DateTimeOffset at, JobTrigger trigger, int attempt, JobState from, JobState to, EndReason reason, string? detail) =>
        _ = Prepare(Queries.InsertEvent)
            .Bind("job_id", jobId)
            .Bind("at", at)
            .Bind("trigger", (int)trigger)
            .Bind("attempt", attempt)
            .Bind("from_state", (int)from)
            .Bind("to_state", (int)to)
            .Bind("reason", (int)reason)
            .Bind("detail", detail)
            .Execute();
}
