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
            foreach (var walk in states.SelectMany(state => OpenWalks(connection, filter, state)))
            {
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

    /// <summary>The walks that give the jobs of one state after the cursor, each in order.</summary>
    private static IEnumerable<Statement> OpenWalks(Connection connection, JobFilter filter, JobState state)
    {
        var after = filter.After;
        switch (filter.Order)
        {
            case JobOrder.NewestFirst:
                yield return Open(Queries.ListNewestFirst).Bind("after_id", after?.Id ?? long.MaxValue);
                break;
            case JobOrder.OldestFirst:
                yield return Open(Queries.ListOldestFirst).Bind("after_id", after?.Id ?? 0);
                break;
            case JobOrder.Queue:
                foreach (var walk in OpenQueueWalks(connection, filter, state, isBlocked: 0).Concat(
                    state == JobState.Queued ? OpenQueueWalks(connection, filter, state, isBlocked: 1) : []))
                {
                    yield return walk;
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(filter), filter.Order, "not an order of jobs");
        }

        Statement Open(Query query) => Prepare(connection, filter, state, query, isBlocked: 0);
    }

    /// <summary>As <see cref="OpenWalks"/>, in dispatch order. Only queued jobs are ever blocked.</summary>
    private static IEnumerable<Statement> OpenQueueWalks(Connection connection, JobFilter filter, JobState state, int isBlocked)
    {
        if (filter.After is not { } after)
        {
            yield return Open(Queries.ListQueueOrder).Bind("after_rank", long.MinValue).Bind("after_created_at", 0);
            yield break;
        }

        yield return OpenAfter(Queries.ListQueueOrderTies).Bind("after_id", after.Id);
        yield return OpenAfter(Queries.ListQueueOrder);

        Statement OpenAfter(Query query) =>
            Open(query).Bind("after_rank", -(long)after.Priority).Bind("after_created_at", after.CreatedAt);

        Statement Open(Query query) => Prepare(connection, filter, state, query, isBlocked).Bind("is_blocked", isBlocked);
    }

    private static Statement Prepare(Connection connection, JobFilter filter, JobState state, Query query, int isBlocked) =>
        connection.Prepare(query, copy: ((int)state * 2) + isBlocked)
            .Bind("state", (int)state)
            .Bind("owner_uid", filter.OwnerUid)
            .Bind("owner_name", filter.OwnerName)
            .Bind("name_contains", string.IsNullOrEmpty(filter.NameContains) ? null : filter.NameContains)
            .Bind("tags", filter.Tags.Count == 0 ? null : JsonSerializer.Serialize(filter.Tags))
            .Bind("max", filter.Limit);

    private static Comparer<Job> OrderOf(JobOrder order) => order switch
    {
        JobOrder.NewestFirst => Comparer<Job>.Create((left, right) => right.Id.CompareTo(left.Id)),
        JobOrder.OldestFirst => Comparer<Job>.Create((left, right) => left.Id.CompareTo(right.Id)),
        _ => Comparer<Job>.Create((left, right) => DispatchPlace(left).CompareTo(DispatchPlace(right))),
    };

    private static (long Rank, DateTimeOffset CreatedAt, long Id) DispatchPlace(Job job) =>
        (-(long)job.Settings.Priority, job.CreatedAt, job.Id);
}
