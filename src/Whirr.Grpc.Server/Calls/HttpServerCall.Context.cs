using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Connections.Features;

namespace Grpc.AspNetCore.Server.Calls;

internal sealed partial class HttpServerCall
{
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => context.Request.Host.Value ?? "";

    protected override string PeerCore => context.Connection.RemoteIpAddress switch
    {
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{context.Connection.RemotePort}",
        { } address => $"ipv4:{address}:{context.Connection.RemotePort}",
        null => $"unix:{(LocalEndPoint as UnixDomainSocketEndPoint)?.ToString()}",
    };

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _cancelled?.Token ?? context.RequestAborted;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>A Unix client has no address of its own, so its peer is named by the socket that it came through.</summary>
    private EndPoint? LocalEndPoint => context.Features.Get<IConnectionSocketFeature>()?.Socket.LocalEndPoint;

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (context.Response.HasStarted)
        {
            throw new InvalidOperationException("The response headers were sent before.");
        }

        StatusFields.Write(context.Response.Headers, responseHeaders);
        await StartAsync().ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync(CancellationToken).ConfigureAwait(false);
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                MetadataCoding.AddReceived(metadata, name, value ?? "");
            }
        }

        return metadata;
    }
}
