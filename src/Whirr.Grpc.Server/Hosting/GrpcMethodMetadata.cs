using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The rpc behind an endpoint, among the metadata of that endpoint.</summary>
public sealed class GrpcMethodMetadata
{
    public GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ServiceType = serviceType;
        Method = method;
    }

    public Type ServiceType { get; }

    public IMethod Method { get; }
}
