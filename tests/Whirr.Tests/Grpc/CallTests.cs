using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Whirr.Tests.Grpc.Interop;

namespace Whirr.Tests.Grpc;

/// <summary>Our client with our server.</summary>
public sealed class CallTests : IAsyncLifetime
{
    private InteropHost _host = null!;
    private GrpcChannel _channel = null!;
    private Interop.Interop.InteropClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await InteropHost.StartAsync();
        _channel = _host.Connect();
        _client = new(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _host.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_unary_call_brings_the_reply_and_ends_with_ok()
    {
        using var call = _client.EchoAsync(new EchoRequest { Text = "hello" });
        Assert.Equal("hello", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_blocking_call_brings_the_reply()
    {
        var reply = await Task.Run(() => _client.Echo(new EchoRequest { Text = "hello" }));
        Assert.Equal("hello", reply.Text);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task A_payload_of_any_size_below_the_limit_comes_back(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);
        var reply = await _client.EchoAsync(new EchoRequest { Payload = ByteString.CopyFrom(payload) });
        Assert.Equal(payload, reply.Payload.ToByteArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_stream_brings_all_replies_in_order()
    {
        using var call = _client.Repeat(new EchoRequest { Count = 10_000, ReplySize = 100 });
        var numbers = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(reply.Number);
        }

        Assert.Equal(Enumerable.Range(0, 10_000), numbers);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(WriteFlags.None, 5_000)]
    [InlineData(WriteFlags.BufferHint, 100_000)]
    public async Task A_client_stream_of_any_length_arrives_whole(WriteFlags flags, int count)
    {
        using var call = _client.Collect();
        call.RequestStream.WriteOptions = new WriteOptions(flags);
        for (var i = 0; i < count; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[400]) });
        }

        await call.RequestStream.CompleteAsync();
        var reply = await call;
        Assert.Equal((count, count * 400L), (reply.Number, reply.Total));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_duplex_call_answers_each_message_before_the_next()
    {
        using var call = _client.Chat();
        foreach (var text in new[] { "one", "two", "three" })
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = text });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(text, call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("plain")]
    [InlineData("100 % sure, 50%25, größer, 訓練 🚀\r\nsecond line")]
    [InlineData("")]
    public async Task An_error_keeps_its_code_and_its_message(string message)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await _client.EchoAsync(new EchoRequest { Text = message, FailWith = (int)StatusCode.FailedPrecondition }));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal(message, error.Status.Detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_error_after_some_messages_of_a_stream_comes_after_them()
    {
        using var call = _client.Repeat(new EchoRequest { Count = 2, FailWith = (int)StatusCode.DataLoss, Text = "gone" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.DataLoss, "gone"), (error.StatusCode, error.Status.Detail));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_error_in_the_middle_of_a_client_stream_reaches_the_writer_and_the_reader()
    {
        using var call = _client.Collect();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "line 1 is wrong", FailWith = (int)StatusCode.InvalidArgument });
        var written = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) });
            }
        });
        Assert.Equal((StatusCode.InvalidArgument, "line 1 is wrong"), (written.StatusCode, written.Status.Detail));
        var read = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.InvalidArgument, read.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_exception_of_a_handler_is_logged_and_not_told()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(new EchoRequest { Text = "throw" }));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Contains(_host.Logged.Lines, line => line.Contains("a secret of the server", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Metadata_crosses_in_both_directions()
    {
        byte[] bytes = [0, 1, 255, 10];
        var sent = new Metadata { { "Echo-Text", "a b; c=d, e" }, { "echo-bytes-bin", bytes }, { "echo-none-bin", [] } };
        using var call = _client.EchoAsync(new EchoRequest(), sent);
        foreach (var got in new[] { await call.ResponseHeadersAsync, await TrailersOf(call) })
        {
            Assert.Equal("a b; c=d, e", got.GetValue("echo-text"));
            Assert.Equal<byte[]?>(bytes, got.GetValueBytes("echo-bytes-bin"));
            Assert.Equal<byte[]?>([], got.GetValueBytes("echo-none-bin"));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task The_trailers_of_an_error_are_in_the_exception()
    {
        var sent = new Metadata { { "echo-text", "more" } };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(new EchoRequest { FailWith = 5 }, sent));
        Assert.Equal("more", error.Trailers.GetValue("echo-text"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        using var call = _client.Hang(new EchoRequest { Text = "deadline" }, deadline: DateTime.UtcNow.AddMilliseconds(200));
        Assert.True(await call.ResponseStream.MoveNext());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("deadline", await _host.Seen.Cancellations.Reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deadline_that_passed_before_the_call_fails_it_without_asking_the_server()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await _client.EchoAsync(new EchoRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_the_token_reaches_the_handler()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.Hang(new EchoRequest { Text = "token" }, cancellationToken: cancel.Token);
        Assert.True(await call.ResponseStream.MoveNext());
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal("token", await _host.Seen.Cancellations.Reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_the_call_reaches_the_handler()
    {
        using (var call = _client.Hang(new EchoRequest { Text = "dispose" }))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Assert.Equal("dispose", await _host.Seen.Cancellations.Reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Disposing_the_channel_ends_its_calls()
    {
        using var call = _client.Hang(new EchoRequest { Text = "channel" });
        Assert.True(await call.ResponseStream.MoveNext());
        _channel.Dispose();
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal("channel", await _host.Seen.Cancellations.Reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_over_the_limit_of_the_server_is_refused_and_the_connection_lives()
    {
        var tooLong = new EchoRequest { Payload = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(tooLong));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("after", (await _client.EchoAsync(new EchoRequest { Text = "after" })).Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reply_over_the_limit_of_the_client_is_refused_and_the_connection_lives()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EchoAsync(new EchoRequest { ReplySize = 5 * 1024 * 1024 }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("after", (await _client.EchoAsync(new EchoRequest { Text = "after" })).Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_over_the_limit_for_sending_never_leaves()
    {
        using var channel = _host.Connect(options => options.MaxSendMessageSize = 100);
        var client = new Interop.Interop.InteropClient(channel);
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.EchoAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[101]) }));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("whirr.interop.v1.Interop", "Nothing")]
    [InlineData("no.such.Service", "Echo")]
    [InlineData("deep/path", "Echo")]
    public async Task A_path_that_nothing_serves_is_unimplemented(string service, string name)
    {
        var method = new Method<string, string>(
            MethodType.Unary, service, name, Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), "");
        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Contains(name, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_socket_that_nobody_listens_on_is_unavailable_and_says_why()
    {
        using var channel = InteropHost.ConnectTo(_host.SocketPath + ".none");
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await new Interop.Interop.InteropClient(channel).EchoAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(SocketError.AddressNotAvailable, Assert.IsType<SocketException>(error.GetBaseException()).SocketErrorCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_knows_the_socket_its_client_came_through()
    {
        Assert.Equal($"unix:{_host.SocketPath}", (await _client.EchoAsync(new EchoRequest { Text = "peer" })).Text);
    }

    private static async Task<Metadata> TrailersOf(AsyncUnaryCall<EchoReply> call)
    {
        await call;
        return call.GetTrailers();
    }
}
