using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Whirr.Protocol.V1;
using Whirr.Torture.Places;

namespace Whirr.Torture.Load;

/// <summary>What the load says to the daemon, which may be dead, stopped or about to die.</summary>
internal sealed class DaemonClient : IDisposable
{
    /// <summary>A stopped daemon answers nobody; the caller says the same thing again later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly ByteString Environment = ByteString.CopyFromUtf8("PATH=/usr/local/bin:/usr/bin:/bin\0HOME=/tmp\0");

    private readonly Workplace _place;
    private readonly GrpcChannel _channel;
    private readonly Jobs.JobsClient _jobs;

    public DaemonClient(Workplace place)
    {
        _place = place;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(place.Socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _jobs = new Jobs.JobsClient(_channel);
    }

    private static DateTime Deadline => TimeProvider.System.GetUtcNow().UtcDateTime + Patience;

    public async Task<(long Id, bool Existed)> SubmitAsync(Submission submission)
    {
        var reply = await _jobs.SubmitAsync(new SubmitRequest { Job = Spec(submission), Environment = Environment }, deadline: Deadline);
        return (reply.Job.Id, reply.Existed);
    }

    /// <summary>All or none.</summary>
    public async Task<IReadOnlyList<long>> SubmitBatchAsync(IReadOnlyList<Submission> submissions)
    {
        using var call = _jobs.SubmitBatch(deadline: Deadline);
        await call.RequestStream.WriteAsync(new SubmitBatchRequest { Environment = Environment, Jobs = { submissions.Select(Spec) } });
        await call.RequestStream.CompleteAsync();
        return (await call.ResponseAsync).JobIds;
    }

    public async Task<CancelOutcome.Types.Result> CancelAsync(long id) =>
        (await _jobs.CancelAsync(new CancelRequest { Ids = { id } }, deadline: Deadline)).Outcomes.Single().Result;

    public void Dispose() => _channel.Dispose();

    private JobSpec Spec(Submission submission)
    {
        var life = submission.Life;
        var spec = new JobSpec
        {
            Uid = $"{submission.Uid}",
            ClientJobId = submission.ClientJobId,
            Name = $"{submission.Number} {life.Kind}",
            Priority = life.Priority,
            CommandArgv = { life.Command(_place.JobScript, _place.Ledger) },
            Workdir = "/tmp",
            KillGracePeriod = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(life.GraceMs)),
            OnLost = life.OnLost == Domain.Jobs.OnLost.Stop ? OnLost.Stop : OnLost.Requeue,
            OnDaemonLoss = life.OnDaemonLoss == Domain.Jobs.OnDaemonLoss.Kill ? OnDaemonLoss.Kill : OnDaemonLoss.Keep,
            MaxAttempts = (uint)life.MaxAttempts,
        };
        if (life.TimeLimitMs > 0)
        {
            spec.Limits = new JobLimits { Time = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(life.TimeLimitMs)) };
        }

        if (life.Retries > 0)
        {
            var pause = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100));
            spec.Retry = new RetryPolicy { Retries = (uint)life.Retries, RetryOn = "exit:75", FirstPause = pause, LongestPause = pause };
        }

        return spec;
    }
}
