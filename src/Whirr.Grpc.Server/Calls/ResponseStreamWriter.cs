using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The response stream of a call.</summary>
internal sealed class ResponseStreamWriter<TResponse>(HttpServerCall call, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private int _isWriting;

    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The previous message is still being written; wait for its task first.");
        }

        try
        {
            if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
            {
                await call.WriteNextAsync(message, marshaller, call.WriteOptions, call.CancellationToken).ConfigureAwait(false);
            }
            else
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
                await call.WriteNextAsync(message, marshaller, call.WriteOptions, either.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            _isWriting = 0;
        }
    }
}
