using Grpc.Core;
using Grpc.Health.V1;
using Whirr.Server.Health;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Whirr.Tests.Grpc;

public sealed class HealthServiceTests : IAsyncLifetime
{
    private readonly HealthService _health = new();
    private InteropHost _host = null!;
    private global::Grpc.Net.Client.GrpcChannel _channel = null!;
    private Health.HealthClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await InteropHost.StartAsync(health: _health);
        _channel = _host.Connect();
        _client = new Health.HealthClient(_channel);
        _health.SetStatus("", ServingStatus.Serving);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Check_tells_the_status_that_was_set()
    {
        Assert.Equal(ServingStatus.Serving, (await _client.CheckAsync(new HealthCheckRequest())).Status);
        _health.SetStatus("", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact(Timeout = 30_000)]
    public async Task Check_of_a_service_that_is_not_there_is_not_found()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.CheckAsync(new HealthCheckRequest { Service = "none" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Watch_tells_each_change_and_ends_with_the_daemon()
    {
        using var call = _client.Watch(new HealthCheckRequest { Service = "later" });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        _health.SetStatus("another", ServingStatus.Serving);
        _health.SetStatus("later", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        _health.Shutdown();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_serves_again_after_the_shutdown()
    {
        _health.Shutdown();
        _health.SetStatus("", ServingStatus.Serving);
        Assert.Equal(ServingStatus.NotServing, (await _client.CheckAsync(new HealthCheckRequest())).Status);
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current.Status;
    }
}
