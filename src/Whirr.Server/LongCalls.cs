using Grpc.Core;
using Whirr.Domain.Ports;

namespace Whirr.Server;

/// <summary>Runs calls that may last as long as a job: they end when the daemon stops, and say so, instead of holding it up.</summary>
/// <param name="stopping">Cancelled when the daemon begins to stop.</param>
public sealed class LongCalls(CancellationToken stopping)
{
    /// <summary>Runs the body of a call with a token that the caller, the deadline or the end of the daemon cancels.</summary>
    public async Task RunAsync(ServerCallContext context, Func<CancellationToken, Task> body)
    {
        // Headers at once: a client sees that it is waiting, not that nobody answers.
        await context.WriteResponseHeadersAsync([]).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            await body(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the daemon is stopping; call again when it is back"));
        }
        catch (StoreException e)
        {
            throw Faults.From(e);
        }
    }
}
