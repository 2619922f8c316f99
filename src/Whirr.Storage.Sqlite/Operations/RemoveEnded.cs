using Whirr.Domain.Jobs;
using Whirr.Storage.Sqlite.Access;
using Whirr.Storage.Sqlite.Writing;

namespace Whirr.Storage.Sqlite.Operations;

/// <summary>Forgets ended jobs, and environments that no job has any more.</summary>
internal static class RemoveEnded
{
    public static IReadOnlyList<long> Run(WriteSession session, IReadOnlyList<long> ids)
    {
        var environments = new HashSet<long>();
        var removed = new List<long>();
        foreach (var id in ids)
        {
            var job = session.Prepare(Queries.FindEndedJob)
                .Bind("job_id", id)
                .Single(static row => ((JobState State, long Environment)?)((JobState)row.Int32("state"), row.Int64("environment_id")));
            if (job is not { } ended || !ended.State.IsEnded())
            {
                continue;
            }

            // What refers to the job goes before it.
            foreach (var query in (ReadOnlySpan<Query>)[Queries.DeleteEventsOf, Queries.DeleteAttemptsOf, Queries.ForgetParent, Queries.DeleteJob])
            {
                session.Prepare(query).Bind("job_id", id).Execute();
            }

            session.Changes.Enter(ended.State, -1);
            environments.Add(ended.Environment);
            removed.Add(id);
        }

        foreach (var environment in environments)
        {
            session.Prepare(Queries.DeleteUnusedEnvironment).Bind("id", environment).Execute();
        }

        return removed;
    }
}
