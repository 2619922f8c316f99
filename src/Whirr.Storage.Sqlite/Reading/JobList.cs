using System.Text.Json;
using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Storage.Sqlite.Access;

namespace Whirr.Storage.Sqlite.Reading;

/// <summary>A page of jobs: one walk along an index per state, merged.</summary>
/// <remarks>
/// SQLite can walk an index in order for one state, but sorts when several are asked for; with a walk each, the first page costs the
/// same with 100 jobs and with 100,000, whatever the filter on states is. Each walk reads one job ahead.
/// </remarks>
internal static class JobList
{
    public static IReadOnlyList<Job> Read(Connection connection, JobFilter filter)
    {
        var states = filter.States.Count == 0 ? JobStates.All : [.. filter.States.Distinct()];
        var walks = new PriorityQueue<Statement, Job>(OrderOf(filter.Order));
        var opened = new List<Statement>();
        var page = new List<Job>();

        // One snapshot for all walks: a job that changes its state meanwhile is in exactly one of them.
        connection.Begin();
        try
        {
            foreach (var state in states)
            {
                var walk = Bind(connection.Prepare(QueryOf(filter.Order), copy: (int)state), filter, state);
                opened.Add(walk);
                Advance(walk);
            }

            while (page.Count < filter.Limit && walks.TryDequeue(out var walk, out var job))
            {
                page.Add(job);
                Advance(walk);
            }
        }
        finally
        {
            opened.ForEach(walk => walk.Reset());
            connection.Rollback();
        }

        return page;

        void Advance(Statement walk)
        {
            if (walk.Next())
            {
                walks.Enqueue(walk, JobRow.Read(walk));
            }
        }
    }

    private static Statement Bind(Statement walk, JobFilter filter, JobState state)
    {
        walk.Bind("state", (int)state)
            .Bind("owner_uid", filter.OwnerUid)
            .Bind("owner_name", filter.OwnerName)
            .Bind("name_contains", string.IsNullOrEmpty(filter.NameContains) ? null : filter.NameContains)
            .Bind("tags", filter.Tags.Count == 0 ? null : JsonSerializer.Serialize(filter.Tags))
            .Bind("max", filter.Limit);
        var after = filter.After;
        return filter.Order switch
        {
            JobOrder.NewestFirst => walk.Bind("after_id", after?.Id ?? long.MaxValue),
            JobOrder.OldestFirst => walk.Bind("after_id", after?.Id ?? 0),
            _ => walk
                .Bind("after_rank", after is null ? long.MinValue : -(long)after.Priority)
                .Bind("after_created_at", after?.CreatedAt.ToUnixTimeMilliseconds() ?? 0)
                .Bind("after_id", after?.Id ?? 0),
        };
    }

    private static Query QueryOf(JobOrder order) => order switch
    {
        JobOrder.NewestFirst => Queries.ListNewestFirst,
        JobOrder.OldestFirst => Queries.ListOldestFirst,
        JobOrder.Queue => Queries.ListQueueOrder,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "not an order of jobs"),
    };

    private static Comparer<Job> OrderOf(JobOrder order) => order switch
    {
        JobOrder.NewestFirst => Comparer<Job>.Create((left, right) => right.Id.CompareTo(left.Id)),
        JobOrder.OldestFirst => Comparer<Job>.Create((left, right) => left.Id.CompareTo(right.Id)),
        _ => Comparer<Job>.Create((left, right) => DispatchPlace(left).CompareTo(DispatchPlace(right))),
    };

    private static (long Rank, DateTimeOffset CreatedAt, long Id) DispatchPlace(Job job) =>
        (-(long)job.Settings.Priority, job.CreatedAt, job.Id);
}
