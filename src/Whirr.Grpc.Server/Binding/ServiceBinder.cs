using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>
/// Maps each method that the generated code names. The delegate that it offers is of no use, since it belongs to one service object and
/// every call may have another; so the method of the same name is looked up once and called on the object of the call.
/// </summary>
internal sealed class ServiceBinder<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(
    IEndpointRouteBuilder routes, CallSettings settings) : ServiceBinderBase
    where TService : class
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];
    private readonly ServiceActivator<TService> _activator = new();

    public IReadOnlyList<IEndpointConventionBuilder> Endpoints => _endpoints;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = OpenDelegate<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        Map(method, async (service, call) =>
        {
            var request = await call.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
            var response = await invoke(service, request, call).ConfigureAwait(false);
            await call.WriteSingleAsync(response, method.ResponseMarshaller).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = OpenDelegate<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        Map(method, async (service, call) =>
        {
            var requests = new RequestStreamReader<TRequest>(call, method.RequestMarshaller);
            var response = await invoke(service, requests, call).ConfigureAwait(false);
            await call.WriteSingleAsync(response, method.ResponseMarshaller).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = OpenDelegate<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, async (service, call) =>
        {
            var request = await call.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
            var responses = new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller);
            await invoke(service, request, responses, call).ConfigureAwait(false);
        });
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = OpenDelegate<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, async (service, call) =>
        {
            var requests = new RequestStreamReader<TRequest>(call, method.RequestMarshaller);
            var responses = new ResponseStreamWriter<TResponse>(call, method.ResponseMarshaller);
            await invoke(service, requests, responses, call).ConfigureAwait(false);
        });
    }

    private void Map(IMethod method, Func<TService, HttpServerCall, Task> serve)
    {
        var handler = new CallHandler<TService>(method, settings, _activator, serve);
        var endpoint = routes.MapMethods(method.FullName, [HttpMethods.Post], handler.HandleAsync)
            .WithMetadata(new GrpcMethodMetadata(typeof(TService), method))
            .WithDisplayName($"gRPC - {method.FullName}");
        _endpoints.Add(endpoint);
    }

    /// <summary>A delegate whose first argument is the service object.</summary>
    private static TDelegate OpenDelegate<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        var parameters = typeof(TDelegate).GetMethod(nameof(Action.Invoke))!.GetParameters().Skip(1).Select(p => p.ParameterType).ToArray();
        var found = typeof(TService).GetMethod(method.Name, BindingFlags.Instance | BindingFlags.Public, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method {method.Name} for {method.FullName}.");
        return found.CreateDelegate<TDelegate>();
    }
}
