using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>The service object of a call: the container's, else a new one that ends with the call.</summary>
internal sealed class ServiceActivator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>
    where TService : class
{
    private readonly Lazy<ObjectFactory<TService>> _create = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    public (TService Service, bool IsOurs) Get(IServiceProvider services) =>
        services.GetService<TService>() is { } registered ? (registered, false) : (_create.Value(services, null), true);
}
