using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>What all calls of a server share.</summary>
internal sealed record CallSettings(GrpcServiceOptions Options, TimeProvider Clock, ILogger Logger);
