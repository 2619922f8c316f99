using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>
/// The request stream of a call. With <see cref="WriteFlags.BufferHint"/> messages gather until they fill a frame of HTTP/2, which
/// makes a long stream of small messages several times as fast; without it each message leaves at once.
/// </summary>
internal sealed class RequestStreamWriter<TRequest>(
    HttpCall call, MessageStreamContent content, Marshaller<TRequest> marshaller, int? maxSize) : IClientStreamWriter<TRequest>
{
    /// <summary>The default size of an HTTP/2 frame (RFC 9113, SETTINGS_MAX_FRAME_SIZE).</summary>
    private const int FrameSize = 16 * 1024;

    private readonly MessageSerializer _serializer = new(maxSize);
    private readonly ArrayBufferWriter<byte> _unsent = new();
    private int _isWriting;
    private bool _isComplete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Enter();
        try
        {
            _serializer.Write(message, marshaller.ContextualSerializer, _unsent);
            var mayWait = WriteOptions is { } options && options.Flags.HasFlag(WriteFlags.BufferHint);
            if (!mayWait || _unsent.WrittenCount >= FrameSize)
            {
                await SendAsync(flush: !mayWait, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _isWriting = 0;
        }
    }

    public async Task CompleteAsync()
    {
        Enter();
        try
        {
            _isComplete = true;
            if (_unsent.WrittenCount > 0)
            {
                await SendAsync(flush: false, CancellationToken.None).ConfigureAwait(false);
            }

            content.End();
        }
        finally
        {
            _isWriting = 0;
        }
    }

    private async Task SendAsync(bool flush, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static call => ((HttpCall)call!).Dispose(), call);
        try
        {
            var stream = await content.OpenStream.ConfigureAwait(false);
            await stream.WriteAsync(_unsent.WrittenMemory, content.Abandoned).ConfigureAwait(false);
            _unsent.ResetWrittenCount();
            if (flush)
            {
                await stream.FlushAsync(content.Abandoned).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // The transport only says that the stream is gone; why it is gone is in the status that ended the call.
            throw new RpcException(await call.StatusAfterBrokenWriteAsync(e).ConfigureAwait(false));
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The previous message is still being written; wait for its task first.");
        }

        if (_isComplete)
        {
            _isWriting = 0;
            throw new InvalidOperationException("The request stream was completed before.");
        }
    }
}
