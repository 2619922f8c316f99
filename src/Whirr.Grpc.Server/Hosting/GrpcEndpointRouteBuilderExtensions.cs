using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server.Binding;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps each rpc of a generated service to its path. The service comes from the container if it is registered there, else one is made
    /// for each call. gRPC calls to paths that nothing maps are answered with UNIMPLEMENTED.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was not called, or the type is no generated service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var mapper = builder.ServiceProvider.GetService<ServiceMapper>()
            ?? throw new InvalidOperationException("Call services.AddGrpc() before MapGrpcService.");
        return mapper.Map<TService>(builder);
    }
}
