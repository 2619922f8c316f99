using Whirr.Cli.Machine;
using Whirr.Cli.Submission;
using Whirr.Cli.Syntax;
using Whirr.Protocol.V1;

namespace Whirr.Cli.Sweeps;

/// <summary>Puts the jobs of a sweep in the queue, never more than some at a time, and goes on where it was left before.</summary>
/// <remarks>Nothing is kept here: which jobs there are, the queue says, by their <c>client_job_id</c>s.</remarks>
/// <param name="session">Has the daemon.</param>
/// <param name="jobs">All of them, in order.</param>
/// <param name="tag">The tag that all of them have.</param>
/// <param name="parallel">How many may wait or run at a time.</param>
internal sealed class SweepFeeder(Session session, IReadOnlyList<JobRequest> jobs, string tag, int parallel)
{
    private const int LargestPage = 1_000;

    private readonly Dictionary<string, Job> _known = new(StringComparer.Ordinal);

    /// <summary>How many this feeder has submitted.</summary>
    public int Submitted { get; private set; }

    /// <summary>The jobs that are in the queue's memory, in the order of the sweep; as of the last round.</summary>
    public IEnumerable<Job> Known => jobs.Select(job => _known.GetValueOrDefault(job.Spec.ClientJobId)).OfType<Job>();

    public bool AllSubmitted => jobs.All(job => _known.ContainsKey(job.Spec.ClientJobId));

    public bool AllEnded => AllSubmitted && Known.All(job => job.State.IsEnded());

    /// <summary>Looks at the queue and submits as many as there is room for.</summary>
    /// <returns>Those, in order.</returns>
    public async Task<IReadOnlyList<Job>> RunOnceAsync()
    {
        await LookAsync();
        var room = parallel - Known.Count(job => !job.State.IsEnded());
        var next = jobs.Where(job => !_known.ContainsKey(job.Spec.ClientJobId)).Take(Math.Max(0, room)).ToList();
        if (next.Count == 0)
        {
            return [];
        }

        var reply = await session.Daemon.SendAllAsync(session.Daemon.Jobs.SubmitBatch, () => BatchMessages.Of(next));
        var added = next.Zip(reply.JobIds, (job, id) => new Job
        {
            Id = id,
            Name = job.Spec.Name,
            ClientJobId = job.Spec.ClientJobId,
            State = JobState.Queued,
        }).ToList();
        added.ForEach(job => _known[job.ClientJobId] = job);
        Submitted += next.Count - (int)reply.Existed;
        return added;
    }

    /// <summary>Brings <see cref="Known"/> up to date.</summary>
    private async Task LookAsync()
    {
        var request = new ListJobsRequest { Owner = $"{Users.Caller}", Order = ListOrder.OldestFirst, PageSize = LargestPage };
        request.Tags.Add(tag);
        do
        {
            var reply = await session.Daemon.AskAsync(call => session.Daemon.Jobs.ListAsync(request, call));
            foreach (var job in reply.Jobs)
            {
                _known[job.ClientJobId] = job;
            }

            request.PageToken = reply.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
