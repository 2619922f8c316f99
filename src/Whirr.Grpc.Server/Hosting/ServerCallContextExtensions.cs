using Grpc.AspNetCore.Server.Calls;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request under the call: its connection, its features, its services.</summary>
    /// <exception cref="InvalidOperationException">The context is not one of this server, such as a test double.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        serverCallContext is HttpServerCall call
            ? call.HttpContext
            : throw new InvalidOperationException("This call context does not come from an HTTP request.");
}
