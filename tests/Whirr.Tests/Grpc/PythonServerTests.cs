using Google.Protobuf;
using Grpc.Core;
using Whirr.Tests.Grpc.Interop;

namespace Whirr.Tests.Grpc;

/// <summary>Our client with a foreign server.</summary>
public sealed class PythonServerTests(PythonServerFixture fixture) : IClassFixture<PythonServerFixture>
{
    [PythonGrpcFact]
    public async Task A_unary_call_works()
    {
        var client = await fixture.ClientAsync();
        var reply = await client.EchoAsync(new EchoRequest { Text = "größer", Payload = ByteString.CopyFrom(new byte[1_000_000]) });
        Assert.Equal(("größer", 1_000_000), (reply.Text, reply.Payload.Length));
    }

    [PythonGrpcFact]
    public async Task A_server_stream_works()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Repeat(new EchoRequest { Count = 1000, ReplySize = 1000 });
        var numbers = new List<int>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(reply.Number);
        }

        Assert.Equal(Enumerable.Range(0, 1000), numbers);
    }

    [PythonGrpcFact]
    public async Task A_client_stream_works()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Collect();
        for (var i = 0; i < 1000; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) });
        }

        await call.RequestStream.CompleteAsync();
        var reply = await call;
        Assert.Equal((1000, 1_000_000), (reply.Number, reply.Total));
    }

    [PythonGrpcFact]
    public async Task A_duplex_call_works()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Chat();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "one" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("one", call.ResponseStream.Current.Text);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [PythonGrpcFact]
    public async Task Metadata_comes_back_in_headers_and_trailers()
    {
        byte[] bytes = [0, 1, 255];
        var client = await fixture.ClientAsync();
        var sent = new Metadata { { "echo-text", "a b, c" }, { "echo-bytes-bin", bytes }, { "echo-none-bin", [] } };
        using var call = client.EchoAsync(new EchoRequest(), sent);
        await call;
        foreach (var got in new[] { await call.ResponseHeadersAsync, call.GetTrailers() })
        {
            Assert.Equal("a b, c", got.GetValue("echo-text"));
            Assert.Equal<byte[]?>(bytes, got.GetValueBytes("echo-bytes-bin"));
            Assert.Equal<byte[]?>([], got.GetValueBytes("echo-none-bin"));
        }
    }

    [PythonGrpcFact]
    public async Task An_error_keeps_its_code_and_its_message()
    {
        const string message = "100 % größer, 訓練 🚀\nsecond line";
        var client = await fixture.ClientAsync();
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.EchoAsync(new EchoRequest { Text = message, FailWith = (int)StatusCode.NotFound }));
        Assert.Equal((StatusCode.NotFound, message), (error.StatusCode, error.Status.Detail));
    }

    [PythonGrpcFact]
    public async Task An_error_comes_after_the_messages_before_it()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Repeat(new EchoRequest { Count = 1, FailWith = (int)StatusCode.DataLoss, Text = "gone" });
        Assert.True(await call.ResponseStream.MoveNext());
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.DataLoss, "gone"), (error.StatusCode, error.Status.Detail));
    }

    [PythonGrpcFact]
    public async Task The_writer_of_a_client_stream_learns_why_the_server_ended_it()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Collect();
        await call.RequestStream.WriteAsync(new EchoRequest { Text = "line 1 is wrong", FailWith = (int)StatusCode.InvalidArgument });
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[1000]) });
            }
        });
        Assert.Equal((StatusCode.InvalidArgument, "line 1 is wrong"), (error.StatusCode, error.Status.Detail));
    }

    [PythonGrpcFact]
    public async Task The_server_knows_the_deadline()
    {
        var client = await fixture.ClientAsync();
        var reply = await client.EchoAsync(new EchoRequest { Text = "timeout" }, deadline: DateTime.UtcNow.AddSeconds(1000));
        Assert.InRange(reply.Number, 990, 1000);
    }

    [PythonGrpcFact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        var client = await fixture.ClientAsync();
        using var call = client.Hang(new EchoRequest { Text = "by deadline" }, deadline: DateTime.UtcNow.AddMilliseconds(200));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext())
            {
            }
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal("cancelled by deadline", await fixture.Server.ReadLineAsync());
    }

    [PythonGrpcFact]
    public async Task Cancelling_reaches_the_server()
    {
        var client = await fixture.ClientAsync();
        using (var call = client.Hang(new EchoRequest { Text = "by dispose" }))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        Assert.Equal("cancelled by dispose", await fixture.Server.ReadLineAsync());
    }

    [PythonGrpcFact]
    public async Task A_message_over_the_limit_is_refused_in_either_direction()
    {
        var client = await fixture.ClientAsync();
        var sent = await Assert.ThrowsAsync<RpcException>(
            async () => await client.EchoAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) }));
        Assert.Equal(StatusCode.ResourceExhausted, sent.StatusCode);
        var received = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new EchoRequest { ReplySize = 5 * 1024 * 1024 }));
        Assert.Equal(StatusCode.ResourceExhausted, received.StatusCode);
    }

    [PythonGrpcFact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await fixture.ClientAsync();
        var error = await Assert.ThrowsAsync<RpcException>(fixture.CallUnknownMethodAsync);
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [PythonGrpcFact]
    public async Task A_reply_compressed_against_our_word_is_an_internal_error()
    {
        var client = await fixture.ClientAsync();
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.EchoAsync(new EchoRequest { Text = "gzip", ReplySize = 100_000 }));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Contains("gzip", error.Status.Detail, StringComparison.Ordinal);
    }
}
