using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Whirr.Protocol.V1;

namespace Whirr.Tests.Cli;

/// <summary>A queue in memory in which nothing happens by itself.</summary>
internal sealed class FakeJobs : Jobs.JobsBase
{
    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly List<Job> _jobs = [];
    private readonly Dictionary<string, Job> _byUid = new(StringComparer.Ordinal);
    private readonly List<(long Id, Channel<Job> To)> _waiting = [];

    /// <summary>What was asked for with Submit.</summary>
    public List<SubmitRequest> Submitted { get; } = [];

    /// <summary>The messages of batches.</summary>
    public List<SubmitBatchRequest> Batches { get; } = [];

    /// <summary>So many calls are answered with UNAVAILABLE first, the work of the call being done all the same.</summary>
    public int LoseReplies { get; set; }

    /// <summary>Answers Events.</summary>
    public List<JobEvent> EventLog { get; } = [];

    public List<ListJobsRequest> Listed { get; } = [];

    public List<CancelRequest> Cancelled { get; } = [];

    public List<ExtendRequest> Extended { get; } = [];

    public List<CleanRequest> Cleaned { get; } = [];

    /// <summary>Answers Clean.</summary>
    public CleanReply WouldClean { get; set; } = new();

    /// <summary>Calls of List that were answered.</summary>
    public SemaphoreSlim ListCalls { get; } = new(0);

    /// <summary>Calls of Wait that have begun.</summary>
    public SemaphoreSlim WaitCalls { get; } = new(0);

    public Job Add(Action<Job>? change = null)
    {
        lock (_gate)
        {
            var job = new Job
            {
                Id = _jobs.Count + 1,
                Uid = Guid.NewGuid().ToString(),
                Name = "train.py",
                CommandArgv = { "python", "train.py" },
                Workdir = "/work dir",
                ConfigJson = "{}",
                Owner = "alice",
                OwnerUid = 1000,
                State = JobState.Queued,
                MaxAttempts = 3,
                CreatedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000)),
            };
            change?.Invoke(job);
            _jobs.Add(job);
            return job;
        }
    }

    /// <summary>Changes a job, and tells those who wait for it when it has ended.</summary>
    public void Change(long id, Action<Job> change)
    {
        lock (_gate)
        {
            var job = _jobs.Single(each => each.Id == id);
            change(job);
            foreach (var (_, to) in _waiting.Where(each => each.Id == id && job.State >= JobState.Completed))
            {
                to.Writer.TryWrite(job);
            }
        }
    }

    /// <summary>Answers Report.</summary>
    public ReportReply Night { get; set; } = new() { Since = new Timestamp(), Until = new Timestamp() };

    public ReportRequest? ReportAsked { get; private set; }

    public override Task<ReportReply> Report(ReportRequest request, ServerCallContext context)
    {
        ReportAsked = request;
        return Task.FromResult(Night);
    }

    public override Task<SubmitReply> Submit(SubmitRequest request, ServerCallContext context)
    {
        Submitted.Add(request);
        var (job, existed) = Find(request.Job);
        MaybeLoseReply();
        return Task.FromResult(new SubmitReply { Job = job, Existed = existed });
    }

    public override async Task<SubmitBatchReply> SubmitBatch(IAsyncStreamReader<SubmitBatchRequest> requestStream, ServerCallContext context)
    {
        var reply = new SubmitBatchReply();
        await foreach (var message in requestStream.ReadAllAsync())
        {
            Batches.Add(message);
            foreach (var spec in message.Jobs)
            {
                var (job, existed) = Find(spec);
                reply.JobIds.Add(job.Id);
                reply.Existed += existed ? 1u : 0;
            }
        }

        MaybeLoseReply();
        return reply;
    }

    public override Task<Job> Get(GetJobRequest request, ServerCallContext context)
    {
        var job = Find(request.Id).Clone();
        if (!request.IncludeAttempts)
        {
            job.Attempts.Clear();
        }

        return Task.FromResult(job);
    }

    public override Task<Job> Extend(ExtendRequest request, ServerCallContext context)
    {
        Extended.Add(request);
        var job = Find(request.Id);
        job.Limits ??= new JobLimits();
        job.Limits.Time = request.ChangeCase switch
        {
            ExtendRequest.ChangeOneofCase.Limit => request.Limit,
            ExtendRequest.ChangeOneofCase.By => job.Limits.Time + request.By,
            _ => null,
        };
        return Task.FromResult(job);
    }

    public override Task<CleanReply> Clean(CleanRequest request, ServerCallContext context)
    {
        Cleaned.Add(request);
        return Task.FromResult(WouldClean);
    }

    public override Task<ListJobsReply> List(ListJobsRequest request, ServerCallContext context)
    {
        lock (_gate)
        {
            Listed.Add(request.Clone());
            var skip = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken);
            var matching = _jobs
                .Where(job => request.States.Count == 0 || request.States.Contains(job.State))
                .Where(job => request.Tags.All(job.Tags.Contains))
                .Select(job => job.Clone())
                .ToList();
            var reply = new ListJobsReply();
            reply.Jobs.AddRange(matching.Skip(skip).Take((int)request.PageSize));
            reply.NextPageToken = skip + reply.Jobs.Count < matching.Count ? $"{skip + reply.Jobs.Count}" : "";
            ListCalls.Release();
            return Task.FromResult(reply);
        }
    }

    public override Task<CancelReply> Cancel(CancelRequest request, ServerCallContext context)
    {
        var reply = new CancelReply();
        lock (_gate)
        {
            Cancelled.Add(request);
            foreach (var job in _jobs.Where(job => request.AllQueued && job.State == JobState.Queued))
            {
                job.State = JobState.Cancelled;
                reply.Affected++;
            }

            reply.Outcomes.AddRange(request.Ids.Select(id => new CancelOutcome { Id = id, Result = Cancel(id), State = StateOf(id) }));
        }

        reply.Affected += (ulong)reply.Outcomes.Count(outcome =>
            outcome.Result is CancelOutcome.Types.Result.Cancelled or CancelOutcome.Types.Result.Requested);
        return Task.FromResult(reply);
    }

    public override Task<SubmitReply> Retry(RetryRequest request, ServerCallContext context)
    {
        var old = Find(request.Id);
        return old.State < JobState.Failed
            ? throw new RpcException(new Status(StatusCode.FailedPrecondition, $"job {old.Id} is {old.State.ToString().ToLowerInvariant()}"))
            : Task.FromResult(new SubmitReply { Job = Add(job => job.ParentJobId = old.Id) });
    }

    public override async Task Wait(WaitRequest request, IServerStreamWriter<Job> responseStream, ServerCallContext context)
    {
        var ended = Channel.CreateUnbounded<Job>();
        lock (_gate)
        {
            foreach (var id in request.Ids)
            {
                var job = Find(id);
                if (job.State >= JobState.Completed)
                {
                    ended.Writer.TryWrite(job);
                }

                _waiting.Add((id, ended));
            }
        }

        await context.WriteResponseHeadersAsync([]);
        WaitCalls.Release();
        for (var left = request.Ids.Count; left > 0; left--)
        {
            await responseStream.WriteAsync(await ended.Reader.ReadAsync(context.CancellationToken));
        }
    }

    public override async Task Events(EventsRequest request, IServerStreamWriter<JobEvent> responseStream, ServerCallContext context)
    {
        Find(request.JobId);
        foreach (var happened in EventLog.Where(each => each.Seq > request.AfterSeq))
        {
            await responseStream.WriteAsync(happened);
        }
    }

    private Job Find(long id)
    {
        lock (_gate)
        {
            return _jobs.Find(job => job.Id == id) ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no job {id}"));
        }
    }

    private (Job Job, bool Existed) Find(JobSpec spec)
    {
        lock (_gate)
        {
            var key = spec.ClientJobId.Length > 0 ? spec.ClientJobId : spec.Uid;
            if (_byUid.TryGetValue(key, out var known))
            {
                return (known, true);
            }

            return (_byUid[key] = Add(job =>
            {
                job.Uid = spec.Uid;
                job.ClientJobId = spec.ClientJobId;
                job.Name = spec.Name.Length > 0 ? spec.Name : spec.CommandArgv[0];
                job.Tags.AddRange(spec.Tags);
                job.ConfigJson = spec.ConfigJson;
                job.CommandArgv.Clear();
                job.CommandArgv.AddRange(spec.CommandArgv);
            }), false);
        }
    }

    private CancelOutcome.Types.Result Cancel(long id)
    {
        var job = _jobs.Find(each => each.Id == id);
        switch (job?.State)
        {
            case null:
                return CancelOutcome.Types.Result.NotFound;
            case JobState.Queued:
                job.State = JobState.Cancelled;
                return CancelOutcome.Types.Result.Cancelled;
            case >= JobState.Completed:
                return CancelOutcome.Types.Result.AlreadyEnded;
            default:
                return CancelOutcome.Types.Result.Requested;
        }
    }

    private JobState StateOf(long id) => _jobs.Find(each => each.Id == id)?.State ?? JobState.Unspecified;

    private void MaybeLoseReply()
    {
        lock (_gate)
        {
            if (LoseReplies > 0)
            {
                LoseReplies--;
                throw new RpcException(new Status(StatusCode.Unavailable, "the daemon is stopping"));
            }
        }
    }
}
