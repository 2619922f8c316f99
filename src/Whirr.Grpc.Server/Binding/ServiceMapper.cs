using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Asks the generated code of a service for its methods and maps them.</summary>
internal sealed class ServiceMapper(IOptions<GrpcServiceOptions> options, TimeProvider clock, ILoggerFactory loggers)
{
    private readonly CallSettings _settings = new(options.Value, clock, loggers.CreateLogger("Grpc.AspNetCore.Server"));
    private bool _hasFallback;

    public GrpcServiceEndpointConventionBuilder Map<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(IEndpointRouteBuilder routes)
        where TService : class
    {
        var binder = new ServiceBinder<TService>(routes, _settings);
        GeneratedBindMethod(typeof(TService)).Invoke(null, [binder, null]);
        if (!_hasFallback)
        {
            _hasFallback = true;
            UnimplementedCalls.Map(routes);
        }

        return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
    }

    private static MethodInfo GeneratedBindMethod([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] Type service)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } bind)
            {
                return bind.BindType.GetMethod(
                    bind.BindMethodName,
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic,
                    [typeof(ServiceBinderBase), type])
                    ?? throw new InvalidOperationException($"{bind.BindType} has no method {bind.BindMethodName}(ServiceBinderBase, {type}).");
            }
        }

        throw new InvalidOperationException($"{service} does not derive from a generated service base.");
    }
}
