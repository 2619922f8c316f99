using Grpc.Core;
using Whirr.Domain.Jobs;

namespace Whirr.Server;

/// <summary>Connection feature: who is at the other end of the socket, as the kernel says.</summary>
public interface ICaller
{
    JobOwner User { get; }
}

/// <summary>Finds the caller of a gRPC call.</summary>
internal static class CallerExtensions
{
    public static JobOwner GetCaller(this ServerCallContext context) =>
        context.GetHttpContext().Features.Get<ICaller>()?.User
        ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "the daemon could not find out who you are; use its Unix socket"));
}
