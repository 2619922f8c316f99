using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Whirr.Tests.Grpc.Interop;

namespace Whirr.Tests.Grpc;

/// <summary>The service of the interop tests. Metadata that it gets in <c>echo-*</c> keys comes back in headers and trailers.</summary>
internal sealed class InteropService(InteropService.Observations seen) : Interop.Interop.InteropBase
{
    public override async Task<EchoReply> Echo(EchoRequest request, ServerCallContext context)
    {
        await Answer(request, context);
        return new EchoReply { Text = request.Text == "peer" ? context.Peer : request.Text, Payload = PayloadOf(request) };
    }

    public override async Task Repeat(EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new EchoReply { Number = i, Payload = PayloadOf(request) });
            Interlocked.Increment(ref seen.RepliesWritten);
        }

        await Answer(request, context);
    }

    public override async Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        var reply = new EchoReply();
        await foreach (var request in requestStream.ReadAllAsync())
        {
            await Answer(request, context);
            reply.Number++;
            reply.Total += request.Payload.Length;
        }

        return reply;
    }

    public override async Task Chat(
        IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync())
        {
            if (request.Text == "stall")
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }

            await Answer(request, context);
            await responseStream.WriteAsync(new EchoReply { Text = request.Text });
        }
    }

    public override async Task Hang(EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new EchoReply { Text = "waiting" });
        var cancelled = new TaskCompletionSource();
        using (context.CancellationToken.Register(cancelled.SetResult))
        {
            await cancelled.Task;
        }

        await seen.Cancellations.Writer.WriteAsync(request.Text);
        context.CancellationToken.ThrowIfCancellationRequested();
    }

    private static ByteString PayloadOf(EchoRequest request) =>
        request.ReplySize > 0 ? ByteString.CopyFrom(new byte[request.ReplySize]) : request.Payload;

    private static async Task Answer(EchoRequest request, ServerCallContext context)
    {
        if (request.Text == "throw")
        {
            throw new InvalidDataException("a secret of the server");
        }

        var echoes = context.RequestHeaders.Where(entry => entry.Key.StartsWith("echo-", StringComparison.Ordinal)).ToList();
        if (echoes.Count > 0)
        {
            var headers = new Metadata();
            echoes.ForEach(headers.Add);
            echoes.ForEach(context.ResponseTrailers.Add);
            await context.WriteResponseHeadersAsync(headers);
        }

        if (request.FailWith != 0)
        {
            throw new RpcException(new Status((StatusCode)request.FailWith, request.Text));
        }
    }

    /// <summary>What the handlers saw, for tests to wait for.</summary>
    internal sealed class Observations
    {
        public int RepliesWritten;

        /// <summary>The text of each call of Hang that was cancelled.</summary>
        public Channel<string> Cancellations { get; } = Channel.CreateUnbounded<string>();
    }
}
