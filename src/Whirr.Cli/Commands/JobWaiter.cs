using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Commands;

/// <summary>Waits for jobs to end, over restarts of the daemon.</summary>
internal static class JobWaiter
{
    /// <summary>Returns when all have ended.</summary>
    /// <param name="session">Has the daemon.</param>
    /// <param name="ids">Jobs, each once.</param>
    /// <param name="ended">Gets each job once, as it ends.</param>
    /// <param name="cancellation">Ends the wait; the jobs go on.</param>
    /// <returns>The ended jobs, in the order of <paramref name="ids"/>.</returns>
    public static async Task<IReadOnlyList<Job>> WaitAsync(
        Session session,
        IReadOnlyList<long> ids,
        Action<Job>? ended,
        CancellationToken cancellation)
    {
        var done = new Dictionary<long, Job>(ids.Count);
        foreach (var some in ids.Chunk(JobIds.MostAtOnce))
        {
            await session.Daemon.ReadAllAsync(
                options => session.Daemon.Jobs.Wait(Request(some.Where(id => !done.ContainsKey(id))), options),
                job =>
                {
                    if (done.TryAdd(job.Id, job))
                    {
                        ended?.Invoke(job);
                    }
                },
                cancellation);
        }

        return ids.Select(id => done[id]).ToList();
    }

    private static WaitRequest Request(IEnumerable<long> ids)
    {
        var request = new WaitRequest();
        request.Ids.AddRange(ids);
        return request;
    }
}
