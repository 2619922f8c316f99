using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Whirr.Tests.Cli;

/// <summary>Something that answers like a daemon on a socket of its own, with jobs that a test moves by hand.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("whirr-cli-").FullName;
    private WebApplication? _app;

    public string Socket => Path.Combine(_place, "socket");

    /// <summary>A directory of this test's own.</summary>
    public string Place => _place;

    public FakeJobs Jobs { get; } = new();

    public FakeLogs Logs { get; } = new();

    public FakeInfo Info { get; } = new();

    public FakeRuns Runs { get; } = new();

    public static async Task<FakeDaemon> StartAsync()
    {
        var daemon = new FakeDaemon();
        await daemon.ListenAsync();
        return daemon;
    }

    /// <summary>One that does not listen yet.</summary>
    public static FakeDaemon Create() => new();

    public async Task ListenAsync()
    {
        File.Delete(Socket);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = 8 * 1024 * 1024);
        builder.Services.AddSingleton(Jobs);
        builder.Services.AddSingleton(Logs);
        builder.Services.AddSingleton(Info);
        builder.Services.AddSingleton(Runs);
        _app = builder.Build();
        _app.MapGrpcService<FakeJobs>();
        _app.MapGrpcService<FakeLogs>();
        _app.MapGrpcService<FakeInfo>();
        _app.MapGrpcService<FakeRuns>();
        await _app.StartAsync();
    }

    /// <summary>Goes away as a killed daemon does: connections break, the socket file stays and nobody listens.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;

        // Kestrel removes its socket; a killed process leaves it.
        using var left = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix,
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        File.Delete(Socket);
        left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_place, recursive: true);
    }
}
