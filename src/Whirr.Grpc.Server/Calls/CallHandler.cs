using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Serves the calls of one method. Whatever happens in a handler becomes a status; nothing is thrown to the web server.</summary>
internal sealed class CallHandler<TService>(
    IMethod method, CallSettings settings, ServiceActivator<TService> activator, Func<TService, HttpServerCall, Task> serve)
    where TService : class
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!RequestChecks.Accept(context))
        {
            return;
        }

        using var call = new HttpServerCall(context, method, settings);
        try
        {
            call.Begin();
            await ServeAsync(call, context.RequestServices).ConfigureAwait(false);
            call.ThrowIfDeadlinePassed();
        }
        catch (Exception e)
        {
            Fail(call, e);
        }

        call.End();
    }

    private async Task ServeAsync(HttpServerCall call, IServiceProvider services)
    {
        var (service, isOurs) = activator.Get(services);
        try
        {
            await serve(service, call).ConfigureAwait(false);
        }
        finally
        {
            if (isOurs && service is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
            }
            else if (isOurs && service is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
    }

    private void Fail(HttpServerCall call, Exception error)
    {
        if (call.HasDeadlinePassed)
        {
            call.Fail(new Status(StatusCode.DeadlineExceeded, "The deadline of the call passed before it ended."));
        }
        else if (error is RpcException meant)
        {
            call.Fail(meant.Status, meant.Trailers);
        }
        else if (error is OperationCanceledException && call.IsAborted)
        {
            call.Fail(new Status(StatusCode.Cancelled, "The client cancelled the call."));
        }
        else
        {
            Log.HandlerFailed(settings.Logger, error, method.FullName);
            var detail = settings.Options.EnableDetailedErrors == true
                ? $"The handler failed. {error.GetType().Name}: {error.Message}"
                : "The handler failed.";
            call.Fail(new Status(StatusCode.Unknown, detail));
        }
    }
}
