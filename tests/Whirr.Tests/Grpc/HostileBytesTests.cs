using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Whirr.Tests.Grpc.Interop;

namespace Whirr.Tests.Grpc;

/// <summary>Whatever one client sends, or does not read, the others are served and the memory is bounded.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileBytesTests : IAsyncLifetime
{
    private const string Echo = "/whirr.interop.v1.Interop/Echo";
    private const long MiB = 1024 * 1024;

    private InteropHost _host = null!;
    private GrpcChannel _channel = null!;
    private Interop.Interop.InteropClient _other = null!;

    public async Task InitializeAsync()
    {
        _host = await InteropHost.StartAsync(limits => limits.MinResponseDataRate = null);
        _channel = _host.Connect();
        _other = new(_channel);
        await OthersAreServedAsync();
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("{\"jsonrpc\": \"2.0\", \"method\": \"submit\", \"id\": 1}\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xFF\xFF\xFF\x04\0\0\0\0\0")]
    public async Task A_peer_that_does_not_speak_http2_is_shown_the_door(string bytes)
    {
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.SendAsync(Encoding.Latin1.GetBytes(bytes));
        await hostile.ReadToCloseAsync();
        await OthersAreServedAsync();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(24)]
    [InlineData(28)]
    public async Task A_peer_that_stops_in_the_middle_of_a_frame_holds_up_nobody(int length)
    {
        byte[] greeting = [.. Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 0, 6, 4, 0, 0, 0, 0, 0];
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.SendAsync(greeting[..length]);
        await OthersAreServedAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_peer_whose_first_line_never_ends_is_shown_the_door()
    {
        // Shorter ones are waited for, up to the keep-alive limit: they may be the start of a request that deserves an HTTP/1.1 answer.
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.SendAsync(new byte[16 * 1024]);
        await hostile.ReadToCloseAsync();
        await OthersAreServedAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_length_prefix_of_4_gib_is_refused_at_once_and_nothing_is_allocated_for_it()
    {
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.GreetAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await hostile.StartCallAsync(1, Echo);
        await hostile.SendDataAsync(1, isLast: false, 0, 0xFF, 0xFF, 0xFF, 0xFF);
        var said = await hostile.ReadToEndOfStreamAsync(1);
        Assert.Contains("grpc-status", said, StringComparison.Ordinal);
        Assert.Contains("4294967295", said, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 * MiB);
        await OthersAreServedAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_a_message_at_the_end_of_the_stream_is_an_error_of_that_call()
    {
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.GreetAsync();
        await hostile.StartCallAsync(1, Echo);
        await hostile.SendDataAsync(1, isLast: true, 0, 0, 0, 0, 9, 1, 2);
        Assert.Contains("inside of a message", await hostile.ReadToEndOfStreamAsync(1), StringComparison.Ordinal);
        await OthersAreServedAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_compressed_message_is_answered_with_what_may_be_sent_instead()
    {
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.GreetAsync();
        await hostile.StartCallAsync(1, Echo, ("grpc-encoding", "zip"));
        await hostile.SendDataAsync(1, isLast: true, 1, 0, 0, 0, 1, 0);
        Assert.Matches("grpc-accept-encoding.identity", await hostile.ReadToEndOfStreamAsync(1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("5 minutes")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    public async Task A_timeout_that_cannot_be_read_is_an_error_of_that_call(string timeout)
    {
        using var hostile = await RawHttp2.ConnectAsync(_host.SocketPath);
        await hostile.GreetAsync();
        await hostile.StartCallAsync(1, Echo, ("grpc-timeout", timeout));
        await hostile.SendDataAsync(1, isLast: true, 0, 0, 0, 0, 0);
        Assert.Contains("grpc-timeout must be", await hostile.ReadToEndOfStreamAsync(1), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_that_is_not_grpc_gets_an_http_answer()
    {
        using var handler = InteropHost.HandlerFor(_host.SocketPath);
        using var http = new HttpClient(handler) { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        using var refused = await http.PostAsync(new Uri("http://localhost" + Echo), json);
        Assert.Equal(415, (int)refused.StatusCode);
        using var unknown = await http.PostAsync(new Uri("http://localhost/nothing/here"), json);
        Assert.Equal(404, (int)unknown.StatusCode);
        using var plain = await http.PostAsync(new Uri("http://localhost/plain"), json);
        Assert.Equal("not gRPC", await plain.Content.ReadAsStringAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_thousand_idle_connections_cost_little_and_hold_up_nobody()
    {
        var idle = new List<RawHttp2>();
        try
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < 1000; i++)
            {
                idle.Add(await RawHttp2.ConnectAsync(_host.SocketPath));
                if (i % 2 == 0)
                {
                    await idle[i].GreetAsync();
                }
            }

            await OthersAreServedAsync();
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100 * MiB);
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_never_reads_stops_its_handler_and_not_the_server()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var lazy = _host.Connect();
        using var call = new Interop.Interop.InteropClient(lazy).Repeat(new EchoRequest { Count = 100_000, ReplySize = 64 * 1024 });
        await call.ResponseHeadersAsync;
        await HasStoppedAsync(() => _host.Seen.RepliesWritten);
        Assert.InRange(_host.Seen.RepliesWritten, 1, 99_999);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * MiB);
        await OthersAreServedAsync();

        // The stream was slowed, not broken.
        var taken = _host.Seen.RepliesWritten;
        for (var i = 0; i <= taken; i++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_does_not_read_stops_its_client()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var call = _other.Chat();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "stall" });
        var written = 0;
        var writing = Task.Run(async () =>
        {
            var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[64 * 1024]) };
            for (; written < 100_000; written++)
            {
                await call.RequestStream.WriteAsync(request);
            }
        });
        await HasStoppedAsync(() => written);
        Assert.InRange(written, 1, 99_999);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * MiB);
        call.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => writing);
    }

    private async Task OthersAreServedAsync() =>
        Assert.Equal("served", (await _other.EchoAsync(new EchoRequest { Text = "served" }, deadline: DateTime.UtcNow.AddSeconds(10))).Text);

    /// <summary>What waits for its peer does not get further between two looks, however much others do meanwhile.</summary>
    private async Task HasStoppedAsync(Func<int> progress)
    {
        int seen;
        do
        {
            seen = progress();
            for (var i = 0; i < 200; i++)
            {
                await OthersAreServedAsync();
            }
        }
        while (seen == 0 || seen != progress());
    }
}
