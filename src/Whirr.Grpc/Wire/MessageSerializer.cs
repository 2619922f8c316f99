using System.Buffers;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>
/// Writes messages with their frames to a buffer. A serializer that says the length first writes straight into that buffer; any other
/// one writes into a buffer of its own first, because the length stands before the message.
/// </summary>
internal sealed class MessageSerializer(int? maxSize) : SerializationContext, IBufferWriter<byte>
{
    private IBufferWriter<byte>? _output;
    private IBufferWriter<byte>? _target;
    private ArrayBufferWriter<byte>? _held;
    private int? _length;
    private int _written;
    private bool _isComplete;

    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the message is larger than the limit. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The serializer did not keep to the contract of its context.</exception>
    public void Write<T>(T message, Action<T, SerializationContext> serializer, IBufferWriter<byte> output)
    {
        _output = output;
        _target = null;
        _length = null;
        _written = 0;
        _isComplete = false;
        serializer(message, this);
        if (!_isComplete)
        {
            throw new InvalidOperationException("The serializer returned without completing the message.");
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        CheckSize(payloadLength);
        _length = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_target is not null)
        {
            return this;
        }

        if (_length is { } length)
        {
            MessageFrame.WriteHeader(_output!, length);
            _target = _output;
        }
        else
        {
            _held ??= new ArrayBufferWriter<byte>();
            _held.ResetWrittenCount();
            _target = _held;
        }

        return this;
    }

    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        CheckSize(payload.Length);
        MessageFrame.WriteHeader(_output!, payload.Length);
        _output!.Write(payload);
        _isComplete = true;
    }

    public override void Complete()
    {
        GetBufferWriter();
        if (_length is null)
        {
            CheckSize(_held!.WrittenCount);
            MessageFrame.WriteHeader(_output!, _held.WrittenCount);
            _output!.Write(_held.WrittenSpan);
        }
        else if (_written != _length)
        {
            throw new InvalidOperationException($"The serializer announced {_length} bytes and wrote {_written}.");
        }

        _isComplete = true;
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        _target!.Advance(count);
        _written += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => _target!.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => _target!.GetSpan(sizeHint);

    private void CheckSize(int length)
    {
        if (length > maxSize)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"A message of {length} bytes is larger than the limit of {maxSize} bytes for sending."));
        }
    }
}
