using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The response stream of a call.</summary>
internal sealed class ResponseStreamReader<TResponse>(HttpCall call, Marshaller<TResponse> marshaller) : IAsyncStreamReader<TResponse>
    where TResponse : class
{
    private TResponse? _current;
    private int _isReading;

    public TResponse Current =>
        _current ?? throw new InvalidOperationException("There is no message: call MoveNext first and stop when it returns false.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isReading, 1) != 0)
        {
            throw new InvalidOperationException("The previous message is still being read; wait for its task first.");
        }

        try
        {
            // As in the official client, giving up one read gives up the call: what would come next is not known any more.
            using var stop = cancellationToken.UnsafeRegister(static call => ((HttpCall)call!).Dispose(), call);
            _current = await call.ReadNextAsync(marshaller).ConfigureAwait(false);
            return _current is not null;
        }
        finally
        {
            _isReading = 0;
        }
    }
}
