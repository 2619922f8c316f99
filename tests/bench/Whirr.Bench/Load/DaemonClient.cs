using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Net.Client;
using Whirr.Protocol.V1;

namespace Whirr.Bench.Load;

/// <summary>One connection to a daemon, and what the bench says over it.</summary>
internal sealed class DaemonClient : IDisposable
{
    private const int JobsPerMessage = 200;

    private readonly GrpcChannel _channel;
    private readonly Jobs.JobsClient _jobs;

    public DaemonClient(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _jobs = new Jobs.JobsClient(_channel);
    }

    /// <summary>Submits a job; when this returns, it is on disk.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> SubmitAsync(JobSpec job, CancellationToken stop)
    {
        var request = new SubmitRequest { Job = job, Environment = TypicalJob.Environment };
        return (await _jobs.SubmitAsync(request, cancellationToken: stop).ResponseAsync).Job.Id;
    }

    /// <summary>Submits typical jobs, one after the other.</summary>
    public async Task SubmitManyAsync(int count, CancellationToken stop)
    {
        for (var done = 0; done < count; done++)
        {
            await SubmitAsync(TypicalJob.Spec(), stop);
        }
    }

    /// <summary>Submits jobs as one batch: all are on disk when this returns.</summary>
    public async Task SubmitBatchAsync(IReadOnlyList<JobSpec> jobs, CancellationToken stop)
    {
        using var call = _jobs.SubmitBatch(cancellationToken: stop);
        ByteString? environment = TypicalJob.Environment;
        foreach (var some in jobs.Chunk(JobsPerMessage))
        {
            var message = new SubmitBatchRequest { Jobs = { some } };
            if (environment is not null)
            {
                message.Environment = environment;
                environment = null;
            }

            await call.RequestStream.WriteAsync(message, stop);
        }

        await call.RequestStream.CompleteAsync();
        var reply = await call.ResponseAsync;
        if (reply.JobIds.Count != jobs.Count || reply.Existed != 0)
        {
            throw new InvalidOperationException($"of a batch of {jobs.Count} jobs {reply.JobIds.Count - reply.Existed} were taken");
        }
    }

    public Task<Job> GetAsync(long id, CancellationToken stop) => _jobs.GetAsync(new GetJobRequest { Id = id }, cancellationToken: stop).ResponseAsync;

    /// <summary>Returns when the job has ended.</summary>
    public async Task WaitAsync(long id, CancellationToken stop)
    {
        using var call = _jobs.Wait(new WaitRequest { Ids = { id } }, cancellationToken: stop);
        while (await call.ResponseStream.MoveNext(stop))
        {
            if (call.ResponseStream.Current is { State: not JobState.Completed } job)
            {
                throw new InvalidOperationException($"job {job.Id} ended as {job.State}: {job.ReasonDetail}");
            }
        }
    }

    public void Dispose() => _channel.Dispose();
}
