using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Whirr.Server.Health;

/// <summary>
/// The health of each service, for probes of any origin. Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
/// </summary>
public sealed class HealthService : global::Grpc.Health.V1.Health.HealthBase
{
    // Guards all three below: a watcher that is added sees every change after the status that it starts with.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = [];
    private readonly HashSet<Watcher> _watchers = [];
    private bool _isShutDown;

    /// <summary>Sets the status of a service; the empty name is the server as a whole. Without effect after <see cref="Shutdown"/>.</summary>
    public void SetStatus(string service, ServingStatus status)
    {
        lock (_gate)
        {
            if (!_isShutDown)
            {
                SetLocked(service, status);
            }
        }
    }

    /// <summary>Everything is NOT_SERVING from now on, and the watches end, so that they do not hold up the end of the daemon.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            _isShutDown = true;
            foreach (var service in _statuses.Keys.ToList())
            {
                SetLocked(service, ServingStatus.NotServing);
            }

            foreach (var watcher in _watchers)
            {
                watcher.Changes.Writer.TryComplete();
            }
        }
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, $"this daemon has no service '{request.Service}'"));
        }
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        var watcher = Add(request.Service);
        try
        {
            ServingStatus? last = null;
            await foreach (var status in watcher.Changes.Reader.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
            {
                if (status != last)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
                    last = status;
                }
            }

            throw new RpcException(new Status(StatusCode.Unavailable, "the daemon is stopping; call again when it is back"));
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    private Watcher Add(string service)
    {
        var watcher = new Watcher(service);
        lock (_gate)
        {
            watcher.Changes.Writer.TryWrite(_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown));
            if (_isShutDown)
            {
                watcher.Changes.Writer.TryComplete();
            }

            _watchers.Add(watcher);
        }

        return watcher;
    }

    private void SetLocked(string service, ServingStatus status)
    {
        _statuses[service] = status;
        foreach (var watcher in _watchers)
        {
            if (watcher.Service == service)
            {
                watcher.Changes.Writer.TryWrite(status);
            }
        }
    }

    private sealed class Watcher(string service)
    {
        public string Service { get; } = service;

        /// <summary>Only the newest status matters, so a slow watcher skips the ones between.</summary>
        public Channel<ServingStatus> Changes { get; } =
            Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
