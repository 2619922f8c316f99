using System.Buffers;
using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// The body of a request with one message. Not a <see cref="ReadOnlyMemoryContent"/>: for that one the handler sends the whole body before
/// it looks for an answer, and a server that refuses a long message early would not be heard.
/// </summary>
internal sealed class SingleMessageContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;

    private SingleMessageContent(ReadOnlyMemory<byte> body) => _body = body;

    /// <exception cref="RpcException">The message is larger than the limit for sending.</exception>
    public static SingleMessageContent Create<T>(T message, Marshaller<T> marshaller, int? maxSize)
    {
        var body = new ArrayBufferWriter<byte>();
        new MessageSerializer(maxSize).Write(message, marshaller.ContextualSerializer, body);
        return new SingleMessageContent(body.WrittenMemory);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_body, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return false;
    }
}
