using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The message that a deserializer looks at; one object for all messages of a stream.</summary>
internal sealed class ReceivedMessage : DeserializationContext
{
    public ReadOnlySequence<byte> Payload { get; set; }

    public override int PayloadLength => (int)Payload.Length;

    public override byte[] PayloadAsNewBuffer() => Payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => Payload;
}
