using System.Net;

namespace Grpc.Net.Client;

/// <summary>
/// The body of a request with a stream of messages: hands the stream of the transport to the writer, and ends the body when the writer
/// says so.
/// </summary>
internal sealed class MessageStreamContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>The stream, once the request has been sent. Cancelled when the call ended without it.</summary>
    public Task<Stream> OpenStream => _stream.Task;

    /// <summary>Ends the body; the call goes on with the response.</summary>
    public void End() => _end.TrySetResult();

    /// <summary>Cancelled when the call is over. Each write must end with it: one that still waits for the server to take more when the body
    /// ends would be forgotten by the transport, and wait for ever.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Lets go of whoever waits for the stream, for a write or for the end of the body: the call is over.</summary>
    public void Abandon()
    {
        _abandoned.Cancel();
        _stream.TrySetCanceled();
        _end.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The request headers leave now: the first message may come much later, and the server may want to answer before it.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        _stream.TrySetResult(stream);
        await _end.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
