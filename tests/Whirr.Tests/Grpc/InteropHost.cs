using System.Net.Sockets;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Whirr.Server.Health;

namespace Whirr.Tests.Grpc;

/// <summary>Our server with the interop service on a Unix socket of its own.</summary>
public sealed class InteropHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("whirr-grpc-").FullName;
    private readonly WebApplication _app;

    private InteropHost(Action<KestrelServerLimits>? limits, Action<GrpcServiceOptions>? options, HealthService? health)
    {
        SocketPath = Path.Combine(_directory, "grpc.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Logged);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            limits?.Invoke(kestrel.Limits);
            kestrel.ListenUnixSocket(SocketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(Seen);
        builder.Services.AddSingleton(health ?? new HealthService());
        builder.Services.AddGrpc(options ?? (_ => { }));
        _app = builder.Build();
        _app.MapGrpcService<InteropService>();
        _app.MapGrpcService<HealthService>();
        _app.MapPost("/plain", () => "not gRPC");
    }

    public string SocketPath { get; }

    internal InteropService.Observations Seen { get; } = new();

    internal LoggedLines Logged { get; } = new();

    public static async Task<InteropHost> StartAsync(
        Action<KestrelServerLimits>? limits = null, Action<GrpcServiceOptions>? options = null, HealthService? health = null)
    {
        var host = new InteropHost(limits, options, health);
        await host._app.StartAsync();
        return host;
    }

    public GrpcChannel Connect(Action<GrpcChannelOptions>? configure = null) => ConnectTo(SocketPath, configure);

    public Interop.Interop.InteropClient Client() => new(Connect());

    public static GrpcChannel ConnectTo(string socketPath, Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions { DisposeHttpClient = true, HttpHandler = HandlerFor(socketPath) };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress("http://localhost", options);
    }

    public static SocketsHttpHandler HandlerFor(string socketPath) => new()
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
