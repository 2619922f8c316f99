using System.Buffers;

namespace Grpc.Core;

/// <summary>
/// Where a marshaller puts one outgoing message: either <see cref="Complete(byte[])"/>, or <see cref="SetPayloadLength"/> (optional),
/// <see cref="GetBufferWriter"/> and <see cref="Complete()"/>.
/// </summary>
public abstract class SerializationContext
{
    /// <summary>Gives the whole message at once.</summary>
    public abstract void Complete(byte[] payload);

    /// <summary>The writer that takes the bytes of the message.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Says how many bytes will be written, which saves a copy. Call it before <see cref="GetBufferWriter"/>.</summary>
    public abstract void SetPayloadLength(int payloadLength);

    /// <summary>Ends a message that was written to <see cref="GetBufferWriter"/>.</summary>
    public abstract void Complete();
}
