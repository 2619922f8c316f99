using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The request stream of a call.</summary>
internal sealed class RequestStreamReader<TRequest>(HttpServerCall call, Marshaller<TRequest> marshaller) : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? _current;

    public TRequest Current =>
        _current ?? throw new InvalidOperationException("There is no message: call MoveNext first and stop when it returns false.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        // A token of the handler's own is rare; without one there is nothing to link.
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CancellationToken)
        {
            _current = await call.ReadNextAsync(marshaller, call.CancellationToken).ConfigureAwait(false);
        }
        else
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
            _current = await call.ReadNextAsync(marshaller, either.Token).ConfigureAwait(false);
        }

        return _current is not null;
    }
}
