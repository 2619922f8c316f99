using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// The messages of one direction of a call, one at a time. At most one message, and what came with it, is in memory: the pipe is not
/// asked for more while a message waits to be taken, which is what slows a fast sender.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, MessageRules rules)
{
    private readonly ReceivedMessage _received = new();

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The message is against the rules, or the stream ended inside of it.</exception>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            var consumed = buffer.Start;
            var examined = buffer.End;
            try
            {
                if (MessageFrame.TryRead(ref buffer, rules, out var payload))
                {
                    consumed = examined = buffer.Start;
                    return Deserialize(deserializer, payload);
                }

                if (read.IsCompleted)
                {
                    return buffer.IsEmpty
                        ? null
                        : throw new RpcException(new Status(StatusCode.Internal, "The stream ended inside of a message."));
                }
            }
            finally
            {
                pipe.AdvanceTo(consumed, examined);
            }
        }
    }

    /// <summary>The one message of a stream that must have exactly one. Returns when the stream has ended.</summary>
    /// <exception cref="RpcException">There was none, there was another one, or one is against the rules.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        var message = await ReadAsync(deserializer, cancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Internal, "The stream ended without its message."));
        if (await ReadAsync(deserializer, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The stream has more than its one message."));
        }

        return message;
    }

    private T Deserialize<T>(Func<DeserializationContext, T> deserializer, ReadOnlySequence<byte> payload)
    {
        _received.Payload = payload;
        try
        {
            return deserializer(_received);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A message could not be parsed.", e));
        }
        finally
        {
            _received.Payload = default;
        }
    }
}
