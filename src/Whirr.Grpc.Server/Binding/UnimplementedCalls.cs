using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>
/// Answers gRPC calls to paths that nothing else serves. Other requests do not match, so they get what they would get without gRPC.
/// </summary>
internal static class UnimplementedCalls
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var anyPath = RoutePatternFactory.Parse("{**grpcPath}", defaults: null, parameterPolicies: new { grpcPath = new IsGrpcCall() });
        routes.Map(anyPath, RefuseAsync)
            .WithDisplayName("gRPC - unimplemented")
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        if (RequestChecks.Accept(context))
        {
            StatusFields.WriteAsHeaders(context.Response, new Status(StatusCode.Unimplemented, $"This server has no method {context.Request.Path}."));
        }

        return Task.CompletedTask;
    }

    private sealed class IsGrpcCall : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null
            && HttpMethods.IsPost(httpContext.Request.Method)
            && HeaderNames.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
