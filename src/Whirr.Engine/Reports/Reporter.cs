using Whirr.Domain.Jobs;
using Whirr.Domain.Ports;
using Whirr.Engine.Attempts;
using Whirr.Engine.Queue;

namespace Whirr.Engine.Reports;

/// <summary>Looks back: what happened since a time, and what goes on now.</summary>
public sealed class Reporter(
    IJobStore jobs, IJobArchive archive, ILeaseStore leases, LiveAttempts live, Troubles troubles, TimeProvider time)
{
    private const int MostTroubled = 200;
    private const int MostIncidents = 1000;
    private const int MostCounted = 100_000;
    private static readonly JobTrigger[] Incidental = [JobTrigger.Retried, JobTrigger.Requeued, JobTrigger.Stalled, JobTrigger.Silent];

    public async Task<Report> BuildAsync(ReportFilter filter, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var since = filter.Since < now ? filter.Since : now;
        var ended = new EndedFilter { EndedSince = since, OwnerUid = filter.OwnerUid, OwnerName = filter.OwnerName };
        var (incidents, names) = await FindIncidentsAsync(filter, since, cancellation).ConfigureAwait(false);
        return new Report
        {
            Since = since,
            Until = now,
            Ended = await archive.CountEndedAsync(ended, cancellation).ConfigureAwait(false),
            Troubled = await archive.ListLatestEndedAsync(
                ended with { States = [JobState.Failed, JobState.Lost], Limit = MostTroubled }, cancellation).ConfigureAwait(false),
            Incidents = incidents,
            Names = names,
            Running = await FindRunningAsync(filter, now, cancellation).ConfigureAwait(false),
            Queued = await CountQueuedAsync(filter, cancellation).ConfigureAwait(false),
            Slots = live.Slots,
            Use = await MeasureAsync(since, now, cancellation).ConfigureAwait(false),
            Hold = await leases.FindHoldAsync(cancellation).ConfigureAwait(false),
            Troubles = troubles.Current,
        };
    }

    private async Task<(IReadOnlyList<JobEvent>, IReadOnlyDictionary<long, string>)> FindIncidentsAsync(
        ReportFilter filter, DateTimeOffset since, CancellationToken cancellation)
    {
        // Apart, as scripts may tell a lot.
        var incidents = await archive.ListEventsAsync(since, Incidental, MostIncidents, cancellation).ConfigureAwait(false);
        var alerts = await archive.ListEventsAsync(since, [JobTrigger.Alerted], MostIncidents, cancellation).ConfigureAwait(false);
        IReadOnlyList<JobEvent> found = [.. incidents.Concat(alerts).OrderBy(happened => happened.Seq)];
        var names = new Dictionary<long, string>();
        foreach (var jobId in found.Select(happened => happened.JobId).Distinct())
        {
            if (await jobs.FindAsync(jobId, cancellation).ConfigureAwait(false) is { } job && filter.Includes(job.Owner))
            {
                names.Add(jobId, job.Settings.Name);
            }
        }

        return (filter.IsForAll ? found : [.. found.Where(happened => names.ContainsKey(happened.JobId))], names);
    }

    private async Task<IReadOnlyList<(Job, Estimate?)>> FindRunningAsync(ReportFilter filter, DateTimeOffset now, CancellationToken cancellation)
    {
        var running = new List<(Job, Estimate?)>();
        foreach (var job in (await jobs.ListLiveAsync(cancellation).ConfigureAwait(false)).Where(job => filter.Includes(job.Owner)))
        {
            var earlier = await archive.ListDurationsAsync(job.Owner.Uid, job.Settings.Name, Estimate.MostRuns, cancellation).ConfigureAwait(false);
            running.Add((job, Estimate.Of(job, earlier, now)));
        }

        return running;
    }

    private async Task<long> CountQueuedAsync(ReportFilter filter, CancellationToken cancellation)
    {
        if (filter.IsForAll)
        {
            return (await jobs.CountAsync(cancellation).ConfigureAwait(false)).GetValueOrDefault(JobState.Queued);
        }

        var mine = new JobFilter { States = [JobState.Queued], OwnerUid = filter.OwnerUid, OwnerName = filter.OwnerName, Limit = MostCounted };
        return (await jobs.ListAsync(mine, cancellation).ConfigureAwait(false)).Count;
    }

    private async Task<SlotUse> MeasureAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellation)
    {
        var attempts = await archive.ListAttemptsAsync(since, cancellation).ConfigureAwait(false);
        var waits = await archive.ListWaitsAsync(since, cancellation).ConfigureAwait(false);
        return SlotUse.Of(attempts.Select(attempt => new Period(attempt.ClaimedAt, attempt.FinishedAt)), waits, live.Slots, since, until);
    }
}
